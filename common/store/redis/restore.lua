-- fields of the run, its package, then for each item: fields, parts; each as one text
local rebuilding = redis.call('HMGET', META, 'rebuilding', 'emptying')
if rebuilding[1] ~= identity() or rebuilding[2] then whole() end
holds_token()
local function row(joined)
    local fields, made = split(joined), {}
    for i = 1, #fields, 2 do made[fields[i]] = fields[i + 1] end
    return made
end
local run = row(ARGV[3])
run.ordinal = redis.call('HGET', key('run', run.id), 'ordinal') or nil
remove_run(run.id)
insert_run(run)
redis.call('SET', key('package', run.id), ARGV[4])
for i = 5, #ARGV, 2 do
    local item = row(ARGV[i])
    insert_item(item)
    local parts = split(ARGV[i + 1])
    for p = 1, #parts, 2 do redis.call('HSET', key('parts', item.id), parts[p], parts[p + 1]) end
end
return {'ok'}
