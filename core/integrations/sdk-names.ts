// The services of AWS whose names are of several words, as the second Java SDK writes them: what `aws-sdk:` tasks call
// in small letters. Where no client of a service can be asked, its errors are named by these.
// Source: the service ids of the AWS SDKs' models.

const NAMES = `
  AccessAnalyzer AcmPca AiOps AmplifyBackend AmplifyUiBuilder ApiGateway ApiGatewayManagementApi ApiGatewayV2
  AppConfig AppConfigData AppFabric AppIntegrations AppMesh AppRunner AppStream AppSync ApplicationAutoScaling
  ApplicationCostProfiler ApplicationDiscovery ApplicationInsights ApplicationSignals ArcRegionSwitch ArcZonalShift
  AuditManager AutoScaling AutoScalingPlans B2Bi BackupGateway BackupSearch BcmDashboards BcmDataExports
  BcmPricingCalculator BcmRecommendedActions BedrockAgent BedrockAgentCore BedrockAgentCoreControl
  BedrockAgentRuntime BedrockDataAutomation BedrockDataAutomationRuntime BedrockRuntime ChimeSdkIdentity
  ChimeSdkMediaPipelines ChimeSdkMeetings ChimeSdkMessaging ChimeSdkVoice CleanRooms CleanRoomsMl CloudControl
  CloudDirectory CloudFormation CloudFront CloudFrontKeyValueStore CloudHsm CloudHsmV2 CloudSearch CloudSearchDomain
  CloudTrail CloudTrailData CloudWatch CloudWatchLogs CodeBuild CodeCatalyst CodeCommit CodeConnections CodeDeploy
  CodeGuruProfiler CodeGuruReviewer CodeGuruSecurity CodePipeline CodeStarConnections CodestarNotifications
  CognitoIdentity CognitoIdentityProvider CognitoSync ComprehendMedical ComputeOptimizer ComputeOptimizerAutomation
  ConnectCampaigns ConnectCampaignsV2 ConnectCases ConnectContactLens ConnectHealth ConnectParticipant
  ControlCatalog ControlTower CostAndUsageReport CostExplorer CostOptimizationHub CustomerProfiles DataBrew
  DataExchange DataPipeline DataSync DataZone DatabaseMigration DevOpsAgent DevOpsGuru DeviceFarm DirectConnect
  DirectoryServiceData DocDb DocDbElastic DynamoDb DynamoDbStreams Ec2InstanceConnect EcrPublic EksAuth ElastiCache
  ElasticBeanstalk ElasticLoadBalancing ElasticLoadBalancingV2 ElementalInference EmrContainers EmrServerless
  EntityResolution EventBridge FSx FinspaceData FraudDetector FreeTier GameLift GameLiftStreams GeoMaps GeoPlaces
  GeoRoutes GlobalAccelerator GreengrassV2 GroundStation GuardDuty HealthLake ImportExport InspectorScan
  InternetMonitor IoTFleetWise IoTSecureTunneling IoTSiteWise IoTThingsGraph IoTTwinMaker IotDataPlane
  IotDeviceAdvisor IotEvents IotEventsData IotJobsDataPlane IotManagedIntegrations IotWireless IvsRealTime
  KafkaConnect KendraRanking KeyspacesStreams KinesisAnalytics KinesisAnalyticsV2 KinesisVideo
  KinesisVideoArchivedMedia KinesisVideoMedia KinesisVideoSignaling KinesisVideoWebRtcStorage LakeFormation
  LaunchWizard LexModelBuilding LexModelsV2 LexRuntime LexRuntimeV2 LicenseManager LicenseManagerLinuxSubscriptions
  LicenseManagerUserSubscriptions LookoutEquipment MTurk MachineLearning MailManager ManagedBlockchain
  ManagedBlockchainQuery MarketplaceAgreement MarketplaceCatalog MarketplaceCommerceAnalytics MarketplaceDeployment
  MarketplaceDiscovery MarketplaceEntitlement MarketplaceMetering MarketplaceReporting MediaConnect MediaConvert
  MediaLive MediaPackage MediaPackageV2 MediaPackageVod MediaStore MediaStoreData MediaTailor MedicalImaging
  MemoryDb MigrationHub MigrationHubConfig MigrationHubOrchestrator MigrationHubRefactorSpaces MigrationHubStrategy
  MwaaServerless NeptuneGraph NetworkFirewall NetworkFlowMonitor NetworkManager NetworkMonitor NotificationsContacts
  NovaAct ObservabilityAdmin OpenSearch OpenSearchServerless PartnerCentralAccount PartnerCentralBenefits
  PartnerCentralChannel PartnerCentralSelling PaymentCryptography PaymentCryptographyData PcaConnectorAd
  PcaConnectorScep PersonalizeEvents PersonalizeRuntime PinpointEmail PinpointSmsVoice PinpointSmsVoiceV2 QApps
  QBusiness QConnect QuickSight RdsData RedshiftData RedshiftServerless ResourceExplorer2 ResourceGroups
  ResourceGroupsTaggingApi RolesAnywhere Route53Domains Route53GlobalResolver Route53Profiles Route53RecoveryCluster
  Route53RecoveryControlConfig Route53RecoveryReadiness Route53Resolver RtbFabric S3Control S3Files S3Outposts
  S3Tables S3Vectors SageMaker SageMakerA2IRuntime SageMakerFeatureStoreRuntime SageMakerGeospatial SageMakerMetrics
  SageMakerRuntime SagemakerEdge SecretsManager SecurityAgent SecurityHub SecurityIr SecurityLake
  ServerlessApplicationRepository ServiceCatalog ServiceCatalogAppRegistry ServiceDiscovery ServiceQuotas SesV2
  SignerData SimSpaceWeaver SimpleDb SimpleDbV2 SnowDeviceManagement SocialMessaging SsmContacts SsmGuiConnect
  SsmIncidents SsmQuickSetup SsmSap SsoAdmin SsoOidc StorageGateway SupplyChain SupportApp TaxSettings
  TimestreamInfluxDb TimestreamQuery TimestreamWrite TrustedAdvisor VerifiedPermissions VoiceId VpcLattice
  WafRegional WellArchitected WorkDocs WorkMail WorkMailMessageFlow WorkSpaces WorkSpacesThinClient WorkSpacesWeb
  WorkspacesInstances XRay
`
  .trim()
  .split(/\s+/);

const BY_SEGMENT = new Map(NAMES.map((name) => [name.toLowerCase(), name]));

/** What the names of a service's errors begin with: `dynamodb` is `DynamoDb`, `sfn` is `Sfn`. */
export function errorPrefix(service: string): string {
  return BY_SEGMENT.get(service) ?? `${service.slice(0, 1).toUpperCase()}${service.slice(1)}`;
}
