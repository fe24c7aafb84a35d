import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

export const directoryToken = z.object({
  id,
  name: z.string(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
});
export const listDirectoryTokens = contract({
  name: 'scim.listDirectoryTokens',
  method: 'GET',
  path: '/directory-tokens',
  summary: "The tokens with which the company's directory keeps members and teams here (SCIM)",
  input: nothing,
  output: z.object({ items: z.array(directoryToken), address: z.string() }),
  access: 'admin',
  scope: 'workspace:read',
});
export const createDirectoryToken = contract({
  name: 'scim.createDirectoryToken',
  method: 'POST',
  path: '/directory-tokens',
  summary: 'A token for the directory; it is shown once',
  input: z.object({ name: z.string().trim().min(1).max(100) }),
  output: z.object({ directoryToken, token: z.string() }),
  access: 'admin',
  secret: true,
  scope: 'workspace:write',
});
export const endDirectoryToken = contract({
  name: 'scim.endDirectoryToken',
  method: 'DELETE',
  path: '/directory-tokens/:tokenId',
  summary: 'The directory is no longer let in by this token; members and teams stay as they are',
  input: z.object({ tokenId: id }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});
