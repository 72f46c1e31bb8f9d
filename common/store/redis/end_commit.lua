-- run, step, receipt, items to be started again
enter()
local run, step, receipt = run_of(ARGV[3]), ARGV[4], ARGV[5]
local again = {}
if step == 'restage' then
    for i = 6, #ARGV do
        if redis.call('HGET', key('item', ARGV[i]), 'run') ~= run.id then
            refuse('not_found', 'the ledger has no item of this run ' .. ARGV[i])
        end
        again[#again + 1] = ARGV[i]
    end
end
if step == 'committed' then
    if run.state == 'COMMITTED' and run.receipt == receipt then return {'ok'} end
    if run.state ~= 'COMMITTING' then misfit('run', 'end the commit of', run) end
    if receipt == '' then fatal('the receipt of run ' .. run.id .. ' is empty') end
    change_run(run, {state = 'COMMITTED', receipt = receipt})
elseif step == 'cleaned' then
    if run.state ~= 'COMMITTED' and run.state ~= 'CLEANED' then misfit('run', 'clean up after', run) end
    change_run(run, {state = 'CLEANED'})
else
    if not active(run) then misfit('run', 'restage', run) end
    change_run(run, {state = 'RUNNING'})
    for _, id in ipairs(again) do start_again(item_of(id), run.borders ~= '') end
end
return {'ok'}
