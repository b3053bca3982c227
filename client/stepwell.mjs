// `stepwell/client`: a client of the AWS SDK for the API of a deployment, in one line. The API is a function URL, so
// requests are signed for `lambda`, and its name takes no `sync-` before it; all else is the SDK's own doing.
// Plain JavaScript, because it runs from where npm installs it.

/** `https://<id>.lambda-url.<region>.on.aws` */
const FUNCTION_URL = /\.lambda-url\.([a-z0-9-]+)\./;

export function stepwell(options) {
  const { url, ...config } = typeof options === 'string' ? { url: options } : options;
  if (typeof url === 'string' && !URL.canParse(url)) throw new TypeError(`'${url}' is no URL.`);
  const [, region] = (typeof url === 'string' && FUNCTION_URL.exec(url)) || [];
  return {
    endpoint: url,
    ...(region && { region }),
    ...config,
    disableHostPrefix: true,
    signingName: 'lambda',
  };
}
