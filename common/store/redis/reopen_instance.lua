-- run, '1' when its items start again, what changes as fields and values
enter()
local run, restart, to = run_of(ARGV[3]), ARGV[4] == '1', {state = 'RUNNING', reason = ''}
for i = 5, #ARGV, 2 do to[ARGV[i]] = ARGV[i + 1] end
if run.state ~= 'RUNNING' and run.state ~= 'FAILED' then misfit('run', 'reopen', run) end
for _, other in ipairs(runs_of(run.task, run.window_start, run.window_end)) do
    if other.id ~= run.id and active(other) then
        fatal('cannot reopen run ' .. run.id .. ': run ' .. other.id .. ' of the same window is ' ..
            other.state)
    end
end
local same = run.job_version == to.job_version and run.encoder_version == to.encoder_version
if not same and not restart then
    fatal('cannot continue run ' .. run.id ..
        ': the script or the encoder has changed, its items must start again')
end
if later_claimed(run.task, run.window_end) or (restart and run.claimed == '1') then to.by_image = '1' end
change_run(run, to)
for _, id in ipairs(redis.call('ZRANGE', key('items', run.id), 0, -1)) do
    local item = item_of(id)
    if restart then
        start_again(item, run.borders ~= '')
    elseif item.state == 'PARKED' then
        change_item(item, {state = 'READY', claim_end = ENDED.void, attempts = '0', reason = ''})
    elseif item.state ~= 'WRITTEN' then
        change_item(item, {attempts = '0'})
    end
end
return {'ok'}
