-- fence, progress
enter()
local item = item_of(ARGV[3])
held(item, 'checkpoint')
valid(item)
local to = with_progress({})
if item.has_progress ~= '1' or item.position ~= to.position then to.attempts = '0' end
change_item(item, to)
put_parts(item)
return {'ok'}
