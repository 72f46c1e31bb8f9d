enter()
return {'ok', redis.call('HGET', META, 'epoch'), redis.call('HGET', META, 'ceiling')}
