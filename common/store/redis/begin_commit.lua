-- run, intent
enter()
local run, intent = run_of(ARGV[3]), ARGV[4]
if intent == '' then fatal('the intent of run ' .. run.id .. ' is empty') end
if run.state == 'RUNNING' then
    if run.borders == '' then
        fatal('cannot commit run ' .. run.id .. ': its borders are not recorded')
    end
    all_written(run, 'commit')
elseif run.state ~= 'COMMITTING' then
    misfit('run', 'commit', run)
end
change_run(run, {state = 'COMMITTING', intent = intent})
return {'ok'}
