export * from './arbitraries.ts';
export * from './builders.ts';
export * from './by-hand.ts';
export * from './counterexample.ts';
export * from './play.ts';
export * from './send.ts';
export * from './venue-model.ts';
export * from './tell.ts';
