-- run, its limits as fields and values
enter()
local run, to = run_of(ARGV[3]), {}
must_run(run, 'set the limits of')
for i = 4, #ARGV, 2 do to[ARGV[i]] = ARGV[i + 1] end
change_run(run, to)
return {'ok'}
