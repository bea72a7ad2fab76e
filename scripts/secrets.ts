// `npm run secrets`: makes what docker compose needs and no two machines share. What exists is never changed, and no value is ever printed.

import { Command } from 'commander'
import { SecretsError } from './stack/files.ts'
import { makeSecrets } from './stack/make.ts'

const command = new Command('npm run secrets --')
  .description('makes .env, ./secrets and ./data/stack for docker-compose.yml; what exists stays as it is')
  .option('--demo', 'point it all at the simulator and configurations of the demo')
  .option('--root <folder>', 'where docker-compose.yml is', process.cwd())
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()

const { demo, root } = command.opts<{ demo?: true; root: string }>()
try {
  const { made, kept, notes } = await makeSecrets(root, { demo: demo === true })
  for (const file of made) console.log(`made ${file}`)
  if (kept > 0) console.log(`${kept} others were there already and stay as they are`)
  for (const note of notes) console.log(`note: ${note}`)
} catch (error) {
  if (!(error instanceof SecretsError)) throw error
  console.error(error.message)
  process.exitCode = 2
}
