-- run, state, reason
enter()
local run, state, reason = run_of(ARGV[3]), ARGV[4], ARGV[5]
if state ~= 'FAILED' and state ~= 'CANCELLED' then
    fatal('a run is closed as FAILED or CANCELLED, not as ' .. state)
end
if run.state ~= state or run.reason ~= reason then
    must_run(run, 'close')
    change_run(run, {state = state, reason = reason})
end
for _, id in ipairs(redis.call('ZRANGE', key('held', run.id), 0, -1)) do
    local item = item_of(id)
    change_item(item, given_back(item, ENDED.void, false))
end
return {'ok'}
