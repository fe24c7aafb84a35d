import { type RefusedCode, refusedCode } from '../../../../server/connectors/contract.ts';

interface Return {
  kind?: string;
  /** What was opened, of which a connection can be made now. */
  authorised?: string;
  refused?: RefusedCode;
  /** A connection was opened again. */
  renewed?: true;
}

/** With what a browser comes back from a service's page. */
export function returnSearch({ kind, authorised, refused, renewed }: Record<string, unknown>): Return {
  const code = refusedCode.options.find((one) => one === refused);
  return {
    ...(typeof kind === 'string' && { kind }),
    ...(typeof authorised === 'string' && { authorised }),
    ...(code && { refused: code }),
    ...(renewed !== undefined && { renewed: true as const }),
  };
}
