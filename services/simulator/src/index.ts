export { startSimulator } from './start-simulator.ts';
export type { RunningSimulator } from './start-simulator.ts';
export type { SimulatorConfig } from './simulator.ts';
