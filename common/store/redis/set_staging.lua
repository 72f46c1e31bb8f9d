-- run, staging
enter()
local run = run_of(ARGV[3])
must_run(run, 'set the staging of')
change_run(run, {staging = ARGV[4]})
return {'ok'}
