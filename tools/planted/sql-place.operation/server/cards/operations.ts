export const breach = (tx: { deleteFrom(table: string): unknown }, workspaceId: string) =>
  tx.deleteFrom('cards.view').where('workspace_id', '=', workspaceId).execute();
