import { getAttribute, listAttributes, listValues } from '../../../../server/attributes/contract.ts';
import { reading, refresh } from '../../queries.ts';

export const attributesQuery = (ended: boolean) => reading(listAttributes, { ended: String(ended) });
export const attributeQuery = (attributeId: string) => reading(getAttribute, { attributeId });
export const valuesQuery = (personId: string) => reading(listValues, { personId });
export const refreshAttributes = () => refresh(listAttributes, getAttribute, listValues);
