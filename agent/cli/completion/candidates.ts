// What may stand next on a command line, from the tree of commands alone: a function of the words so far, so that no shell knows any command.

import type { Argument, Command, Option } from 'commander'

export interface Candidate {
  word: string
  /** For shells that show more than the word. */
  about: string
}

/** What the tree knows, and which names must be asked of the agent. */
export interface Completion {
  candidates: readonly Candidate[]
  wants: 'account' | 'pool' | null
}

interface Place {
  command: Command
  /** How many arguments of the command stand already. */
  args: number
  /** The option whose value comes next. */
  option: Option | null
  /** After `--` nothing is an option. */
  ended: boolean
}

const nothing: Completion = { candidates: [], wants: null }

/** @param words what follows the program's name; the last one is being written and may be empty */
export function complete(program: Command, words: readonly string[]): Completion {
  const last = words.at(-1) ?? ''
  const place = words.slice(0, -1).reduce(step, { command: program, args: 0, option: null, ended: false })
  const { command, args, option, ended } = place
  if (option && (option.required || !last.startsWith('-')))
    return { candidates: beginning(last, choicesOf(option)), wants: wantedBy(option.flags) }
  if (last.startsWith('-'))
    return ended ? nothing : { candidates: beginning(last, flagsOf(command)), wants: null }
  const argument = argumentAt(command, args)
  return {
    candidates: beginning(last, [...(args === 0 ? commandsIn(command) : []), ...choicesOf(argument)]),
    wants: wantedBy(argument?.name() ?? ''),
  }
}

function step(place: Place, word: string): Place {
  const { command, args, option, ended } = place
  const isFlag = word.startsWith('-') && !ended
  if (option && !(isFlag && !option.required))
    return { ...place, option: option.variadic ? variadic(option) : null }
  if (isFlag && word === '--') return { ...place, option: null, ended: true }
  if (isFlag) {
    const found = optionsOf(command).find(({ long, short }) => long === word || short === word)
    return { ...place, option: found && (found.required || found.optional) ? found : null }
  }
  const sub = args === 0 ? command.commands.find((each) => each.name() === word) : undefined
  return sub ? { command: sub, args: 0, option: null, ended } : { ...place, args: args + 1, option: null }
}

/** Has one value by now, and may have more or be followed by another flag. */
function variadic(option: Option): Option {
  return Object.assign(Object.create(option) as Option, { required: false })
}

/** Those of the command and of the ones above it, as `failover list --json`. */
function optionsOf(command: Command): Option[] {
  const own = [...command.createHelp().visibleOptions(command)]
  return command.parent ? [...own, ...optionsOf(command.parent)] : own
}

function flagsOf(command: Command): Candidate[] {
  const named = optionsOf(command).flatMap(({ long, description }) =>
    long ? [{ word: long, about: description }] : [],
  )
  return [...new Map(named.toReversed().map((each) => [each.word, each])).values()].reverse()
}

function commandsIn(command: Command): Candidate[] {
  const shown = command.createHelp().visibleCommands(command)
  return shown.map((each) => ({ word: each.name(), about: each.description() }))
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const { registeredArguments: all } = command
  return all[index] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined)
}

function choicesOf(of: Argument | Option | undefined): Candidate[] {
  return (of?.argChoices ?? []).map((word) => ({ word, about: '' }))
}

function beginning(prefix: string, all: readonly Candidate[]): Candidate[] {
  return all.filter(({ word }) => word.startsWith(prefix))
}

/** By the name that the tree gives to a value: `<account>`, `--pool <pool>`. */
function wantedBy(text: string): Completion['wants'] {
  const [, name] = /(?:^|[<[])(account|pool)(?:\.\.\.)?(?:$|[>\]])/.exec(text) ?? []
  return (name as Completion['wants'] | undefined) ?? null
}
