export { runProgram } from './run-program.js';
export type { ProgramWorld } from './run-program.js';
