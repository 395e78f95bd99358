export { startSimulator } from './start-simulator.ts';
export type { RunningSimulator } from './start-simulator.ts';
export type { SimulatorConfig } from './simulator.ts';
export { openInProcess } from './in-process.ts';
export type { InProcessSimulator } from './in-process.ts';
export type { ClientSocket, ClientSocketEvents } from './streams/in-process-socket.ts';
export type { HttpRequest } from './http/answer.ts';
export type { Reply } from './http/envelope.ts';
export { setupFile } from './sim/setup.ts';
