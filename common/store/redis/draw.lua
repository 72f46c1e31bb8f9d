-- The number of the next call of a coordinator.
not_fenced(redis.call('HGET', META, 'token'))
return {'ok', text(redis.call('HINCRBY', META, 'call', 1))}
