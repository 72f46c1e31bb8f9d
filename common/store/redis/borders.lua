-- task, stream, shard
enter()
return {'ok', redis.call('HGETALL', border_key(ARGV[3], ARGV[4], ARGV[5]))}
