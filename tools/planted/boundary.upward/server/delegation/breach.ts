import type { FieldKind } from '../cards/contract.ts';

export type Planted = FieldKind;
