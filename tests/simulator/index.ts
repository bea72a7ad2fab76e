// The two ways to have a simulator: in this process, or as a child that can be killed and restarted.
export { SimulatorClient, SimulatorError } from './client.ts'
export { type Simulator, startSimulator } from './simulator.ts'
export { type SpawnedSimulator, spawnSimulator } from './spawn.ts'
export type * from './types.ts'
