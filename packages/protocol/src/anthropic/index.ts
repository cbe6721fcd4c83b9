export { ANTHROPIC_ERRORS, anthropicError, anthropicErrorBody } from './error-body.js';
export type { AnthropicErrorBody, AnthropicErrorType } from './error-body.js';
export * from './message.js';
export * from './messages-request.js';
export { anthropicErrorType, messagesCodec, readConversation } from './codec.js';
