// A plugin of `serverless`, which looks for container images in ECR before it has removed a service. Ours has none: whoever
// removes it needs no rights there, and LocalStack's free edition no ECR.

export default class NoImages {
  constructor(serverless) {
    this.hooks = {
      'before:remove:remove': () => {
        for (const plugin of serverless.pluginManager.plugins)
          if ('checkIfEcrRepositoryExists' in plugin) plugin.checkIfEcrRepositoryExists = async () => false;
      },
    };
  }
}
