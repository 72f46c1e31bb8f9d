enter()
local all = {'ok'}
for _, id in ipairs(redis.call('ZRANGE', RUNS, 0, -1)) do
    local state = redis.call('HGET', key('run', id), 'state')
    if state == 'COMMITTING' or state == 'COMMITTED' then
        all[#all + 1] = redis.call('HGETALL', key('run', id))
    end
end
return all
