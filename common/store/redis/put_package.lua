-- run, its package
enter()
if redis.call('EXISTS', key('package', ARGV[3])) == 0 then
    refuse('not_found', 'the live store has no run ' .. ARGV[3])
end
redis.call('SET', key('package', ARGV[3]), ARGV[4])
return {'ok'}
