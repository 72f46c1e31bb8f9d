-- fields of the run in one text, its package, names of an item's fields in one text, then for each item:
-- its values, its parts in one text
local rebuilding = redis.call('HMGET', META, 'rebuilding', 'emptying')
if rebuilding[1] ~= identity() or rebuilding[2] then whole() end
holds_token()
local run, fields = {}, split(ARGV[3])
for i = 1, #fields, 2 do run[fields[i]] = fields[i + 1] end
run.ordinal = redis.call('HGET', key('run', run.id), 'ordinal') or nil
remove_run(run.id)
insert_run(run)
redis.call('SET', key('package', run.id), ARGV[4])
local names = split(ARGV[5])
for i = 6, #ARGV, #names + 1 do
    local item = {}
    for n, name in ipairs(names) do item[name] = ARGV[i + n - 1] end
    insert_item(item)
    local parts = split(ARGV[i + #names])
    for p = 1, #parts, 2 do redis.call('HSET', key('parts', item.id), parts[p], parts[p + 1]) end
end
return {'ok'}
