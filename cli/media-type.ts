import { extname } from 'node:path';

const typeOf: Readonly<Record<string, string>> = {
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.txt': 'text/plain',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** The media type of a file, by its ending; that of any bytes when the ending is not known. */
export const mediaTypeOf = (file: string): string => typeOf[extname(file).toLowerCase()] ?? 'application/octet-stream';
