// What was said on the command line means something: an empty value is a mistake, and so is an option of another command.

import type { Command, Option } from 'commander'

/** Options that may be empty: an empty reason takes the reason back. */
const mayBeEmpty = ['--why']
/** Options of a group that its commands obey too. */
const forAll = ['--json']

/** The hidden command that completes a line. */
const completing = 'complete'

/** Before any command runs. */
export function refuseMeaningless(program: Command): void {
  program.hook('preAction', (_, command) => {
    // The shell asks in the middle of typing: what is empty there comes next.
    if (command.name() === completing) return
    for (const option of command.options) if (isEmpty(command, option)) refuseEmpty(command, option.flags)
    command.args.forEach((said, i) => {
      if (said === '') refuseEmpty(command, `<${command.registeredArguments[i]?.name() ?? 'argument'}>`)
    })
    for (let above = command.parent; above && above !== program; above = above.parent)
      for (const option of above.options) if (isForeign(above, option)) refuseForeign(command, above, option)
  })
}

/** What the help of a command shows of those above it. */
export function optionsForAll({ parent }: Command): Option[] {
  return parent ? [...parent.options.filter(isForAll), ...optionsForAll(parent)] : []
}

function isForAll({ long }: Option): boolean {
  return forAll.includes(long ?? '')
}

function wasSaid(command: Command, option: Option): boolean {
  return command.getOptionValueSource(option.attributeName()) === 'cli'
}

function isEmpty(command: Command, option: Option): boolean {
  if (mayBeEmpty.includes(option.long ?? '') || !wasSaid(command, option)) return false
  return [command.getOptionValue(option.attributeName())].flat().includes('')
}

function isForeign(above: Command, option: Option): boolean {
  return !isForAll(option) && wasSaid(above, option)
}

function refuseEmpty(command: Command, what: string): never {
  command.error(`error: ${what}: found an empty value, allowed: one that says something, or none`)
}

function refuseForeign(command: Command, above: Command, { long }: Option): never {
  command.error(
    `error: found ${long}, which is an option of "${nameOf(above)}" and means nothing to "${nameOf(command)}"`,
  )
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name()
}
