import type { z } from 'zod';
import type { Translate } from './messages.ts';

/** What is wrong with one input, in words; without the value itself, which may be personal. */
function messageOf(issue: z.core.$ZodIssue, t: Translate): string {
  switch (issue.code) {
    case 'invalid_type':
      return t('input.type', { expected: issue.expected });
    case 'too_small':
      return t('input.tooSmall', { of: issue.origin, limit: Number(issue.minimum) });
    case 'too_big':
      return t('input.tooBig', { of: issue.origin, limit: Number(issue.maximum) });
    case 'invalid_format':
      return t('input.format', { format: issue.format });
    case 'invalid_value':
      return t('input.value', { values: issue.values.map(String).join(', ') });
    default:
      return t('error.field.invalid');
  }
}

/** Each wrong input by its path (`fields.0.value`), with what is wrong in the caller's language. */
export function describeIssues(error: z.ZodError, t: Translate): Record<string, string> {
  return Object.fromEntries(error.issues.map((issue) => [issue.path.join('.'), messageOf(issue, t)]));
}
