import { z } from 'zod';
import { exportType } from '../cards/export.ts';
import { apiPrefix, authorise, type Routes } from '../kernel/http.ts';
import type { ApiPaths } from '../kernel/openapi.ts';
import { leftOutHeader, segmentExportPath, segmentExportQuery, takenHeader } from './export-contract.ts';
import { exportSegment } from './exporting.ts';

const take = { access: 'member', scope: 'contacts:export', method: 'GET' } as const;

export const segmentsRoutes: Routes = (server, app) => {
  server.get<{ Params: { segmentId: string } }>(apiPrefix + segmentExportPath, async (request, reply) => {
    const { actor } = await authorise(app, request, take);
    const segmentId = z.uuid().parse(request.params.segmentId);
    const query = segmentExportQuery.parse(request.query);
    const { body, taken, leftOut } = await exportSegment(app, actor, segmentId, query);
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="segment.${query.format}"`)
      .header(takenHeader, taken)
      .header(leftOutHeader, leftOut)
      .type(exportType[query.format])
      .send(body);
  });
};

export const segmentsPaths: ApiPaths = {
  [segmentExportPath]: {
    get: {
      operationId: 'segments.exportSegment',
      summary: 'Who is in a segment and may be taken along, as a file; how many were left out is told in a header',
      scope: 'contacts:export',
      query: segmentExportQuery,
      answers: [exportType.csv, exportType.xlsx],
    },
  },
};
