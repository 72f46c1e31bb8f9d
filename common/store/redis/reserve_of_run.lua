-- fence, how many
enter()
local item = item_of(ARGV[3])
local run = head_of(item.run)
held(item, 'reserve numbers for')
local to, answer = take_numbers(run, tonumber(ARGV[6]), 'run')
change_run(run, to)
return answer
