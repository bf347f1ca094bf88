// Speaks the prompts: `npm run render` those without a file, `npm run render -- greeting menu` these again, `-- --all` all.

import { LANGUAGES, prompts, write, written } from './prompts.ts'
import { speak } from './speak.ts'

const names = process.argv.slice(2)

for (const key of Object.keys(prompts)) {
  if (key === 'beep' || key === 'silence') continue // beep.ts makes them
  for (const language of LANGUAGES) {
    const named = names[0] === '--all' || names.some(name => key === name || key.startsWith(`${name}/`))
    if (names.length > 0 ? !named : written(key, language)) continue
    write(key, language, await speak(key, language))
    console.log(`${language}/${key}`)
  }
}
