-- fence, how many
enter()
local item = item_of(ARGV[3])
held(item, 'reserve numbers for')
local to, answer = take_numbers(item, tonumber(ARGV[6]), 'item')
change_item(item, to)
return answer
