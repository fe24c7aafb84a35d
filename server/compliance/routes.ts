import { z } from 'zod';
import { apiPrefix, type Routes } from '../kernel/http.ts';
import { openAnswer } from './answering.ts';
import { answerPdfPath } from './contract.ts';
import { writeDocument } from './document.ts';

export const complianceRoutes: Routes = (server, app) => {
  server.post(
    apiPrefix + answerPdfPath,
    { config: { rateLimit: { max: 20, timeWindow: 60_000 } } },
    async (request, reply) => {
      const { token } = z.object({ token: z.string().max(200) }).parse(request.body);
      const { content } = await openAnswer(app, token);
      reply
        .header('cache-control', 'no-store, private')
        .header('x-content-type-options', 'nosniff')
        .header('content-disposition', `attachment; filename="${content.kind}.pdf"`);
      return reply.type('application/pdf').send(await writeDocument(content));
    },
  );
};
