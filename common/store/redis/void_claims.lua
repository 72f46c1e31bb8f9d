enter()
for _, run in ipairs(redis.call('ZRANGE', RUNS, 0, -1)) do
    if redis.call('HGET', key('run', run), 'state') == 'RUNNING' then
        for _, id in ipairs(redis.call('ZRANGE', key('items', run), 0, -1)) do
            local item, to = item_of(id), {}
            if item.state == 'CLAIMED' then to = given_back(item, ENDED.void, true) end
            to.abandoned = '0'  -- its owner is dead
            change_item(item, to)
        end
    end
end
return {'ok'}
