-- the ceiling of epochs
enter()
if less(redis.call('HGET', META, 'ceiling'), ARGV[3]) then redis.call('HSET', META, 'ceiling', ARGV[3]) end
return {'ok'}
