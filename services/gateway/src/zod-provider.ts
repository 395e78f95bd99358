import { REPORT, toFaults } from '@backstop/intake';
import type { FastifySchema, FastifySchemaCompiler, FastifySerializerCompiler, FastifyTypeProvider } from 'fastify';
import { z } from 'zod';
import { ApiError } from './api-error.ts';

/** Routes declare zod schemas: they check requests, type handlers and replies, and describe both in the OpenAPI document. */
export interface ZodProvider extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown;
  readonly serializer: this['schema'] extends z.ZodType ? z.input<this['schema']> : unknown;
}

/** Checks one part of a request. Every fault is named with its path. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart = 'request' }) => {
  const part = httpPart === 'querystring' ? 'query' : httpPart;
  return (value: unknown) => {
    const result = schema.safeParse(value, REPORT);
    if (result.success) return { value: result.data };
    return { error: new ApiError(400, `the ${part} is not usable`, toFaults(result.error.issues)) };
  };
};

/** Replies are typed by their schema, and written as they are. */
export const serializerCompiler: FastifySerializerCompiler<z.ZodType> = () => (reply) => JSON.stringify(reply);

const PARTS = ['body', 'querystring', 'params'] as const;

/** A route's schemas as JSON Schema, for the OpenAPI document. */
export function describeRoute<Url>({ schema, url }: { readonly schema: FastifySchema; readonly url: Url }): {
  schema: FastifySchema;
  url: Url;
} {
  const described: Record<string, unknown> = { ...schema };
  for (const part of PARTS)
    if (schema?.[part] instanceof z.ZodType) described[part] = toJsonSchema(schema[part], 'input');
  if (typeof schema?.response === 'object' && schema.response !== null) {
    described['response'] = Object.fromEntries(
      Object.entries(schema.response).map(([status, reply]: [string, unknown]) => [
        status,
        reply instanceof z.ZodType ? toJsonSchema(reply, 'output') : reply,
      ]),
    );
  }
  return { schema: described, url };
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
