-- fence, time to live
enter()
local item, ttl = item_of(ARGV[3]), tonumber(ARGV[6])
held(item, 'renew the claim of')
if ttl <= 0 then fatal('a renewal needs a time to live') end
change_item(item, {deadline = text(now() + ttl)})
return {'ok', control_of(head_of(item.run))}
