-- run
enter()
local package = redis.call('GET', key('package', ARGV[3]))
if not package then refuse('not_found', 'the live store has no run ' .. ARGV[3]) end
return {'ok', package}
