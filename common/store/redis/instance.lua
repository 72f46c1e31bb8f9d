-- run
enter()
run_of(ARGV[3])
return {'ok', redis.call('HGETALL', key('run', ARGV[3]))}
