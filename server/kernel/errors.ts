import { type ErrorCode, errorStatus } from './contract.ts';

/** The one error that operations throw on purpose. Everything else that reaches the edge is `internal` and logged. */
export class AppError extends Error {
  override name = 'AppError';
  readonly code: ErrorCode;
  /** Blanks of the message, and which input was wrong. Never personal data. */
  readonly details: { fields?: Record<string, string>; values?: Record<string, string | number> };
  constructor(code: ErrorCode, details: AppError['details'] = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
  get status(): number {
    return errorStatus[this.code];
  }
}

export function notFound(): AppError {
  return new AppError('not_found');
}
