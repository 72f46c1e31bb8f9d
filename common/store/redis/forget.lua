-- run
enter()
remove_run(ARGV[3])
return {'ok'}
