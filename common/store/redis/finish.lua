-- fence, progress, how it ended, where (ARGV[13], ARGV[14])
enter()
local item = item_of(ARGV[3])
local to = with_progress({state = 'WRITTEN', claim_end = ENDED.finished, attempts = '0'})
to.end_kind, to.end_position = ARGV[13], ARGV[14]

-- This very call was answered before.
local function done()
    if not same_claim(item) or item.claim_end ~= ENDED.finished then return false end
    for field in pairs(to) do
        if field ~= 'state' and field ~= 'attempts' and item[field] ~= to[field] then return false end
    end
    for i = PARTS, #ARGV, 2 do
        if redis.call('HGET', key('parts', item.id), ARGV[i]) ~= ARGV[i + 1] then return false end
    end
    return true
end

if done() then return {'ok'} end
held(item, 'finish')
valid(item)
change_item(item, to)
put_parts(item)
return {'ok'}
