/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 3215b55731503b8d74c6c74f26787b0aeb55ef81 */

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Apn_AmiClient_ServerConfig___construct, 0, 0, 2)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, host, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, port, IS_LONG, 0, "5038")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, username, IS_STRING, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, secret, IS_STRING, 1, "null")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, options, Apn\\AmiClient\\ClientOptions, 1, "null")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, tls, Apn\\AmiClient\\TlsOptions, 1, "null")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, auth, Apn\\AmiClient\\AuthMethod, 0, "Apn\\AmiClient\\AuthMethod::Auto")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, eventMask, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_ServerConfig_fromArray, 0, 2, Apn\\AmiClient\\ServerConfig, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, config, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Apn_AmiClient_TlsOptions___construct, 0, 0, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, caFile, IS_STRING, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, serverName, IS_STRING, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, verifyPeer, _IS_BOOL, 0, "true")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, certFile, IS_STRING, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, keyFile, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Apn_AmiClient_ServerRegistry___construct, 0, 0, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, servers, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_ServerRegistry_add, 0, 1, IS_STATIC, 0)
	ZEND_ARG_OBJ_INFO(0, server, Apn\\AmiClient\\ServerConfig, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_ServerRegistry_has, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_ServerRegistry_get, 0, 1, Apn\\AmiClient\\ServerConfig, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_ServerRegistry_all, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_ServerRegistry_count, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_ServerRegistry_getIterator, 0, 0, Traversable, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Apn_AmiClient_ClientOptions___construct, 0, 0, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, connectTimeout, IS_DOUBLE, 0, "10.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, loginTimeout, IS_DOUBLE, 0, "10.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, readTimeout, IS_DOUBLE, 0, "30.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, heartbeatInterval, IS_DOUBLE, 0, "15.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, actionTimeout, IS_DOUBLE, 0, "30.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, reconnectMinDelay, IS_DOUBLE, 0, "0.5")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, reconnectMaxDelay, IS_DOUBLE, 0, "30.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, circuitFailureThreshold, IS_LONG, 0, "5")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, circuitCooldown, IS_DOUBLE, 0, "30.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, circuitHalfOpenMaxProbes, IS_LONG, 0, "1")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, writeBufferLimit, IS_LONG, 0, "5242880")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxPendingActions, IS_LONG, 0, "5000")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxActionBytes, IS_LONG, 0, "67108864")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, eventQueueCapacity, IS_LONG, 0, "10000")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, eventQueueBytes, IS_LONG, 0, "16777216")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, dropPolicy, Apn\\AmiClient\\DropPolicy, 0, "Apn\\AmiClient\\DropPolicy::Oldest")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, protectedEvents, IS_ARRAY, 0, "[\"Hangup\", \"OriginateResponse\"]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxFrameSize, IS_LONG, 0, "1048576")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxBytesReadPerTick, IS_LONG, 0, "1048576")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxFramesPerTick, IS_LONG, 0, "1000")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_ClientOptions_fromArray, 0, 1, Apn\\AmiClient\\ClientOptions, 0)
	ZEND_ARG_TYPE_INFO(0, options, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Apn_AmiClient_ClusterOptions___construct, 0, 0, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxEventsPerTick, IS_LONG, 0, "1000")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxConnectAttemptsPerTick, IS_LONG, 0, "5")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxConnectAttemptsPerSecond, IS_LONG, 0, "50")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, stallGuardMs, IS_LONG, 0, "25")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, eventDropLogIntervalMs, IS_LONG, 0, "1000")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, enforceIpEndpoints, _IS_BOOL, 0, "false")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, redactionKeys, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, logLevel, IS_STRING, 0, "\"info\"")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_ClusterOptions_fromArray, 0, 1, Apn\\AmiClient\\ClusterOptions, 0)
	ZEND_ARG_TYPE_INFO(0, options, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Action_getName, 0, 0, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_Action_getParameters arginfo_class_Apn_AmiClient_ServerRegistry_all

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_Action_getCompletionStrategy, 0, 0, Apn\\AmiClient\\CompletionStrategy, 1)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Apn_AmiClient_GenericAction___construct, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, parameters, IS_ARRAY, 0, "[]")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, strategy, Apn\\AmiClient\\CompletionStrategy, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_GenericAction_with, 0, 2, Apn\\AmiClient\\GenericAction, 0)
	ZEND_ARG_TYPE_INFO(0, header, IS_STRING, 0)
	ZEND_ARG_TYPE_MASK(0, value, MAY_BE_ARRAY|MAY_BE_STRING|MAY_BE_LONG|MAY_BE_DOUBLE|MAY_BE_BOOL, NULL)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_GenericAction_withStrategy, 0, 1, Apn\\AmiClient\\GenericAction, 0)
	ZEND_ARG_OBJ_INFO(0, strategy, Apn\\AmiClient\\CompletionStrategy, 1)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_GenericAction___serialize arginfo_class_Apn_AmiClient_ServerRegistry_all

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_GenericAction___unserialize, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, data, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_GenericAction_getName arginfo_class_Apn_AmiClient_Action_getName

#define arginfo_class_Apn_AmiClient_GenericAction_getParameters arginfo_class_Apn_AmiClient_ServerRegistry_all

#define arginfo_class_Apn_AmiClient_GenericAction_getCompletionStrategy arginfo_class_Apn_AmiClient_Action_getCompletionStrategy

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_CompletionStrategy_getMaxDurationMs, 0, 0, IS_LONG, 1)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_CompletionStrategy_getMaxMessages arginfo_class_Apn_AmiClient_CompletionStrategy_getMaxDurationMs

#define arginfo_class_Apn_AmiClient_CompletionStrategy_getTerminalEventNames arginfo_class_Apn_AmiClient_ServerRegistry_all

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_CompletionStrategy_getTimeoutBehavior, 0, 0, Apn\\AmiClient\\TimeoutBehavior, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Apn_AmiClient_SingleResponseStrategy___construct, 0, 0, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxDurationMs, IS_LONG, 1, "null")
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_SingleResponseStrategy___unserialize arginfo_class_Apn_AmiClient_GenericAction___unserialize

#define arginfo_class_Apn_AmiClient_SingleResponseStrategy_getMaxDurationMs arginfo_class_Apn_AmiClient_CompletionStrategy_getMaxDurationMs

#define arginfo_class_Apn_AmiClient_SingleResponseStrategy_getMaxMessages arginfo_class_Apn_AmiClient_CompletionStrategy_getMaxDurationMs

#define arginfo_class_Apn_AmiClient_SingleResponseStrategy_getTerminalEventNames arginfo_class_Apn_AmiClient_ServerRegistry_all

#define arginfo_class_Apn_AmiClient_SingleResponseStrategy_getTimeoutBehavior arginfo_class_Apn_AmiClient_CompletionStrategy_getTimeoutBehavior

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Apn_AmiClient_MultiEventStrategy___construct, 0, 0, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, terminalEventNames, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxDurationMs, IS_LONG, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxMessages, IS_LONG, 1, "null")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, timeoutBehavior, Apn\\AmiClient\\TimeoutBehavior, 0, "Apn\\AmiClient\\TimeoutBehavior::Fail")
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_MultiEventStrategy___unserialize arginfo_class_Apn_AmiClient_GenericAction___unserialize

#define arginfo_class_Apn_AmiClient_MultiEventStrategy_getMaxDurationMs arginfo_class_Apn_AmiClient_CompletionStrategy_getMaxDurationMs

#define arginfo_class_Apn_AmiClient_MultiEventStrategy_getMaxMessages arginfo_class_Apn_AmiClient_CompletionStrategy_getMaxDurationMs

#define arginfo_class_Apn_AmiClient_MultiEventStrategy_getTerminalEventNames arginfo_class_Apn_AmiClient_ServerRegistry_all

#define arginfo_class_Apn_AmiClient_MultiEventStrategy_getTimeoutBehavior arginfo_class_Apn_AmiClient_CompletionStrategy_getTimeoutBehavior

#define arginfo_class_Apn_AmiClient_FollowsResponseStrategy___construct arginfo_class_Apn_AmiClient_SingleResponseStrategy___construct

#define arginfo_class_Apn_AmiClient_FollowsResponseStrategy___unserialize arginfo_class_Apn_AmiClient_GenericAction___unserialize

#define arginfo_class_Apn_AmiClient_FollowsResponseStrategy_getMaxDurationMs arginfo_class_Apn_AmiClient_CompletionStrategy_getMaxDurationMs

#define arginfo_class_Apn_AmiClient_FollowsResponseStrategy_getMaxMessages arginfo_class_Apn_AmiClient_CompletionStrategy_getMaxDurationMs

#define arginfo_class_Apn_AmiClient_FollowsResponseStrategy_getTerminalEventNames arginfo_class_Apn_AmiClient_ServerRegistry_all

#define arginfo_class_Apn_AmiClient_FollowsResponseStrategy_getTimeoutBehavior arginfo_class_Apn_AmiClient_CompletionStrategy_getTimeoutBehavior

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Apn_AmiClient_AsyncEventStrategy___construct, 0, 0, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, terminalEventNames, IS_ARRAY, 0, "[\"OriginateResponse\"]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxDurationMs, IS_LONG, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxMessages, IS_LONG, 1, "null")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, timeoutBehavior, Apn\\AmiClient\\TimeoutBehavior, 0, "Apn\\AmiClient\\TimeoutBehavior::Fail")
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_AsyncEventStrategy___unserialize arginfo_class_Apn_AmiClient_GenericAction___unserialize

#define arginfo_class_Apn_AmiClient_AsyncEventStrategy_getMaxDurationMs arginfo_class_Apn_AmiClient_CompletionStrategy_getMaxDurationMs

#define arginfo_class_Apn_AmiClient_AsyncEventStrategy_getMaxMessages arginfo_class_Apn_AmiClient_CompletionStrategy_getMaxDurationMs

#define arginfo_class_Apn_AmiClient_AsyncEventStrategy_getTerminalEventNames arginfo_class_Apn_AmiClient_ServerRegistry_all

#define arginfo_class_Apn_AmiClient_AsyncEventStrategy_getTimeoutBehavior arginfo_class_Apn_AmiClient_CompletionStrategy_getTimeoutBehavior

#define arginfo_class_Apn_AmiClient_Pending_getActionId arginfo_class_Apn_AmiClient_Action_getName

#define arginfo_class_Apn_AmiClient_Pending_getServerKey arginfo_class_Apn_AmiClient_Action_getName

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Pending_isFinished, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Pending_onComplete, 0, 1, IS_STATIC, 0)
	ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_Pending_await, 0, 0, Apn\\AmiClient\\Response, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_Pending_getResponse, 0, 0, Apn\\AmiClient\\Response, 1)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_Pending_getException, 0, 0, Throwable, 1)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_Pending_cancel arginfo_class_Apn_AmiClient_Pending_isFinished

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Apn_AmiClient_PendingAction___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_PendingAction_getActionId arginfo_class_Apn_AmiClient_Action_getName

#define arginfo_class_Apn_AmiClient_PendingAction_getServerKey arginfo_class_Apn_AmiClient_Action_getName

#define arginfo_class_Apn_AmiClient_PendingAction_isFinished arginfo_class_Apn_AmiClient_Pending_isFinished

#define arginfo_class_Apn_AmiClient_PendingAction_onComplete arginfo_class_Apn_AmiClient_Pending_onComplete

#define arginfo_class_Apn_AmiClient_PendingAction_await arginfo_class_Apn_AmiClient_Pending_await

#define arginfo_class_Apn_AmiClient_PendingAction_getResponse arginfo_class_Apn_AmiClient_Pending_getResponse

#define arginfo_class_Apn_AmiClient_PendingAction_getException arginfo_class_Apn_AmiClient_Pending_getException

#define arginfo_class_Apn_AmiClient_PendingAction_cancel arginfo_class_Apn_AmiClient_Pending_isFinished

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_ActionSender_send, 0, 1, Apn\\AmiClient\\Pending, 0)
	ZEND_ARG_OBJ_INFO(0, action, Apn\\AmiClient\\Action, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Apn_AmiClient_Glob___construct, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, pattern, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_Subscription___construct arginfo_class_Apn_AmiClient_PendingAction___construct

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Subscription_cancel, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_Subscription_isActive arginfo_class_Apn_AmiClient_Pending_isFinished

#define arginfo_class_Apn_AmiClient_Gap___construct arginfo_class_Apn_AmiClient_PendingAction___construct

#define arginfo_class_Apn_AmiClient_Gap___unserialize arginfo_class_Apn_AmiClient_GenericAction___unserialize

#define arginfo_class_Apn_AmiClient_Message___construct arginfo_class_Apn_AmiClient_PendingAction___construct

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Message_get, 0, 1, IS_STRING, 1)
	ZEND_ARG_TYPE_INFO(0, header, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Message_all, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, header, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Message_int, 0, 1, IS_LONG, 1)
	ZEND_ARG_TYPE_INFO(0, header, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_Message_known arginfo_class_Apn_AmiClient_Message_get

#define arginfo_class_Apn_AmiClient_Message_getHeaders arginfo_class_Apn_AmiClient_ServerRegistry_all

#define arginfo_class_Apn_AmiClient_Message_getRawHeaders arginfo_class_Apn_AmiClient_ServerRegistry_all

#define arginfo_class_Apn_AmiClient_Message_getVariables arginfo_class_Apn_AmiClient_ServerRegistry_all

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Message_getActionId, 0, 0, IS_STRING, 1)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Message_offsetExists, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Message_offsetGet, 0, 1, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Message_offsetSet, 0, 2, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Message_offsetUnset, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_MIXED, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_Message_count arginfo_class_Apn_AmiClient_ServerRegistry_count

#define arginfo_class_Apn_AmiClient_Message_getIterator arginfo_class_Apn_AmiClient_ServerRegistry_getIterator

#define arginfo_class_Apn_AmiClient_Message_jsonSerialize arginfo_class_Apn_AmiClient_ServerRegistry_all

#define arginfo_class_Apn_AmiClient_Message___serialize arginfo_class_Apn_AmiClient_ServerRegistry_all

#define arginfo_class_Apn_AmiClient_Message___unserialize arginfo_class_Apn_AmiClient_GenericAction___unserialize

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_AmiEvent_fromArray, 0, 2, Apn\\AmiClient\\AmiEvent, 0)
	ZEND_ARG_TYPE_INFO(0, serverKey, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, headers, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, receivedAt, IS_DOUBLE, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_Response_fromArray, 0, 2, Apn\\AmiClient\\Response, 0)
	ZEND_ARG_TYPE_INFO(0, serverKey, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, headers, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_Response_getMessage arginfo_class_Apn_AmiClient_Message_getActionId

#define arginfo_class_Apn_AmiClient_Response_getEvents arginfo_class_Apn_AmiClient_ServerRegistry_all

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_Response_getCompleteEvent, 0, 0, Apn\\AmiClient\\AmiEvent, 1)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_Response_getOutput arginfo_class_Apn_AmiClient_Message_getActionId

#define arginfo_class_Apn_AmiClient_TickSummary___construct arginfo_class_Apn_AmiClient_PendingAction___construct

#define arginfo_class_Apn_AmiClient_TickSummary_hasProgress arginfo_class_Apn_AmiClient_Pending_isFinished

#define arginfo_class_Apn_AmiClient_ServerHealth___construct arginfo_class_Apn_AmiClient_PendingAction___construct

#define arginfo_class_Apn_AmiClient_ServerHealth_isReady arginfo_class_Apn_AmiClient_Pending_isFinished

#define arginfo_class_Apn_AmiClient_ServerHealth_jsonSerialize arginfo_class_Apn_AmiClient_ServerRegistry_all

#define arginfo_class_Apn_AmiClient_AmiClient___construct arginfo_class_Apn_AmiClient_PendingAction___construct

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_AmiClient_open, 0, 0, IS_STATIC, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, wait, IS_DOUBLE, 0, "0.0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_AmiClient_close, 0, 0, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, grace, IS_DOUBLE, 0, "0.5")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_AmiClient_send, 0, 1, Apn\\AmiClient\\PendingAction, 0)
	ZEND_ARG_OBJ_INFO(0, action, Apn\\AmiClient\\Action, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_AmiClient_onEvent, 0, 2, Apn\\AmiClient\\Subscription, 0)
	ZEND_ARG_TYPE_MASK(0, names, MAY_BE_STRING|MAY_BE_ARRAY, NULL)
	ZEND_ARG_TYPE_INFO(0, listener, IS_CALLABLE, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, where, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_AmiClient_onStateChange, 0, 1, Apn\\AmiClient\\Subscription, 0)
	ZEND_ARG_TYPE_INFO(0, listener, IS_CALLABLE, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_AmiClient_onGap arginfo_class_Apn_AmiClient_AmiClient_onStateChange

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_AmiClient_state, 0, 0, Apn\\AmiClient\\ConnectionState, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_AmiClient_isReady arginfo_class_Apn_AmiClient_Pending_isFinished

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_AmiClient_health, 0, 0, Apn\\AmiClient\\ServerHealth, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Apn_AmiClient_AmiClientManager___construct, 0, 0, 0)
	ZEND_ARG_OBJ_TYPE_MASK(0, servers, Apn\\AmiClient\\ServerRegistry, MAY_BE_ARRAY, "[]")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, options, Apn\\AmiClient\\ClientOptions, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, logger, IS_OBJECT, 1, "null")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, cluster, Apn\\AmiClient\\ClusterOptions, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_AmiClientManager_fromConfig, 0, 1, Apn\\AmiClient\\AmiClientManager, 0)
	ZEND_ARG_TYPE_INFO(0, config, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, logger, IS_OBJECT, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_AmiClientManager_server, 0, 1, Apn\\AmiClient\\AmiClient, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_AmiClientManager_default, 0, 0, Apn\\AmiClient\\AmiClient, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_AmiClientManager_setDefaultServer, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_AmiClientManager_serverKeys arginfo_class_Apn_AmiClient_ServerRegistry_all

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_AmiClientManager_addServer, 0, 1, Apn\\AmiClient\\AmiClient, 0)
	ZEND_ARG_OBJ_INFO(0, server, Apn\\AmiClient\\ServerConfig, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_AmiClientManager_removeServer, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, grace, IS_DOUBLE, 0, "0.5")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_AmiClientManager_connectAll, 0, 0, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, wait, IS_DOUBLE, 0, "0.0")
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_AmiClientManager_terminate arginfo_class_Apn_AmiClient_AmiClient_close

#define arginfo_class_Apn_AmiClient_AmiClientManager_select arginfo_class_Apn_AmiClient_AmiClientManager_default

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_AmiClientManager_routing, 0, 1, IS_STATIC, 0)
	ZEND_ARG_OBJ_TYPE_MASK(0, routing, Apn\\AmiClient\\Routing, MAY_BE_CALLABLE, NULL)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_AmiClientManager_send, 0, 1, Apn\\AmiClient\\PendingAction, 0)
	ZEND_ARG_OBJ_INFO(0, action, Apn\\AmiClient\\Action, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, server, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_AmiClientManager_sendAll, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_OBJ_INFO(0, action, Apn\\AmiClient\\Action, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, servers, IS_ARRAY, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_AmiClientManager_tick, 0, 0, Apn\\AmiClient\\TickSummary, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeoutMs, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_AmiClientManager_run, 0, 0, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, until, IS_CALLABLE, 1, "null")
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_AmiClientManager_stop arginfo_class_Apn_AmiClient_Subscription_cancel

#define arginfo_class_Apn_AmiClient_AmiClientManager_registerSignalHandlers arginfo_class_Apn_AmiClient_Subscription_cancel

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_AmiClientManager_onSignal, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, signal, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, info, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_AmiClientManager_onEvent arginfo_class_Apn_AmiClient_AmiClient_onEvent

#define arginfo_class_Apn_AmiClient_AmiClientManager_onStateChange arginfo_class_Apn_AmiClient_AmiClient_onStateChange

#define arginfo_class_Apn_AmiClient_AmiClientManager_onGap arginfo_class_Apn_AmiClient_AmiClient_onStateChange

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_AmiClientManager_onListenerError, 0, 1, Apn\\AmiClient\\Subscription, 0)
	ZEND_ARG_TYPE_INFO(0, handler, IS_CALLABLE, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_AmiClientManager_health arginfo_class_Apn_AmiClient_ServerRegistry_all

#define arginfo_class_Apn_AmiClient_AmiClientManager_metrics arginfo_class_Apn_AmiClient_ServerRegistry_all

#define arginfo_class_Apn_AmiClient_AmiClientManager_getStream arginfo_class_Apn_AmiClient_PendingAction___construct

#define arginfo_class_Apn_AmiClient_AmiClientManager_nextDeadlineMs arginfo_class_Apn_AmiClient_CompletionStrategy_getMaxDurationMs

#define arginfo_class_Apn_AmiClient_Exception_AmiThrowable_isRetrySafe arginfo_class_Apn_AmiClient_Pending_isFinished

#define arginfo_class_Apn_AmiClient_Exception_InvalidConfigurationException_isRetrySafe arginfo_class_Apn_AmiClient_Pending_isFinished

#define arginfo_class_Apn_AmiClient_Exception_InvalidActionException_isRetrySafe arginfo_class_Apn_AmiClient_Pending_isFinished

#define arginfo_class_Apn_AmiClient_Exception_UnknownServerException_isRetrySafe arginfo_class_Apn_AmiClient_Pending_isFinished

#define arginfo_class_Apn_AmiClient_Exception_ReentrantTickException_isRetrySafe arginfo_class_Apn_AmiClient_Pending_isFinished

#define arginfo_class_Apn_AmiClient_Exception_ForkedProcessException_isRetrySafe arginfo_class_Apn_AmiClient_Pending_isFinished

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Apn_AmiClient_Exception_AmiException___construct, 0, 0, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, message, IS_STRING, 0, "\"\"")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, serverKey, IS_STRING, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, actionId, IS_STRING, 1, "null")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, previous, Throwable, 1, "null")
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_Exception_AmiException_isRetrySafe arginfo_class_Apn_AmiClient_Pending_isFinished

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Apn_AmiClient_Testing_FakeAsterisk___construct, 0, 0, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, serverKeys, IS_ARRAY, 0, "[\"pbx1\"]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_manager, 0, 0, Apn\\AmiClient\\AmiClientManager, 0)
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, options, Apn\\AmiClient\\ClientOptions, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, logger, IS_OBJECT, 1, "null")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, cluster, Apn\\AmiClient\\ClusterOptions, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_respond, 0, 2, IS_STATIC, 0)
	ZEND_ARG_TYPE_INFO(0, action, IS_STRING, 0)
	ZEND_ARG_TYPE_MASK(0, answer, MAY_BE_ARRAY|MAY_BE_CALLABLE, NULL)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, serverKey, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_ignore, 0, 1, IS_STATIC, 0)
	ZEND_ARG_TYPE_INFO(0, action, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, serverKey, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_emit, 0, 2, IS_STATIC, 0)
	ZEND_ARG_TYPE_INFO(0, serverKey, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, event, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, headers, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_refuseLogin, 0, 1, IS_STATIC, 0)
	ZEND_ARG_TYPE_INFO(0, serverKey, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, refuse, _IS_BOOL, 0, "true")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_dropSession, 0, 1, IS_STATIC, 0)
	ZEND_ARG_TYPE_INFO(0, serverKey, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_advance, 0, 1, IS_STATIC, 0)
	ZEND_ARG_TYPE_INFO(0, seconds, IS_DOUBLE, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_sent arginfo_class_Apn_AmiClient_ServerRegistry_all

ZEND_METHOD(Apn_AmiClient_ServerConfig, __construct);
ZEND_METHOD(Apn_AmiClient_ServerConfig, fromArray);
ZEND_METHOD(Apn_AmiClient_TlsOptions, __construct);
ZEND_METHOD(Apn_AmiClient_ServerRegistry, __construct);
ZEND_METHOD(Apn_AmiClient_ServerRegistry, add);
ZEND_METHOD(Apn_AmiClient_ServerRegistry, has);
ZEND_METHOD(Apn_AmiClient_ServerRegistry, get);
ZEND_METHOD(Apn_AmiClient_ServerRegistry, all);
ZEND_METHOD(Apn_AmiClient_ServerRegistry, count);
ZEND_METHOD(Apn_AmiClient_ServerRegistry, getIterator);
ZEND_METHOD(Apn_AmiClient_ClientOptions, __construct);
ZEND_METHOD(Apn_AmiClient_ClientOptions, fromArray);
ZEND_METHOD(Apn_AmiClient_ClusterOptions, __construct);
ZEND_METHOD(Apn_AmiClient_ClusterOptions, fromArray);
ZEND_METHOD(Apn_AmiClient_GenericAction, __construct);
ZEND_METHOD(Apn_AmiClient_GenericAction, with);
ZEND_METHOD(Apn_AmiClient_GenericAction, withStrategy);
ZEND_METHOD(Apn_AmiClient_GenericAction, __serialize);
ZEND_METHOD(Apn_AmiClient_GenericAction, __unserialize);
ZEND_METHOD(Apn_AmiClient_GenericAction, getName);
ZEND_METHOD(Apn_AmiClient_GenericAction, getParameters);
ZEND_METHOD(Apn_AmiClient_GenericAction, getCompletionStrategy);
ZEND_METHOD(Apn_AmiClient_SingleResponseStrategy, __construct);
ZEND_METHOD(Apn_AmiClient_SingleResponseStrategy, __unserialize);
ZEND_METHOD(Apn_AmiClient_SingleResponseStrategy, getMaxDurationMs);
ZEND_METHOD(Apn_AmiClient_SingleResponseStrategy, getMaxMessages);
ZEND_METHOD(Apn_AmiClient_SingleResponseStrategy, getTerminalEventNames);
ZEND_METHOD(Apn_AmiClient_SingleResponseStrategy, getTimeoutBehavior);
ZEND_METHOD(Apn_AmiClient_MultiEventStrategy, __construct);
ZEND_METHOD(Apn_AmiClient_MultiEventStrategy, __unserialize);
ZEND_METHOD(Apn_AmiClient_MultiEventStrategy, getMaxDurationMs);
ZEND_METHOD(Apn_AmiClient_MultiEventStrategy, getMaxMessages);
ZEND_METHOD(Apn_AmiClient_MultiEventStrategy, getTerminalEventNames);
ZEND_METHOD(Apn_AmiClient_MultiEventStrategy, getTimeoutBehavior);
ZEND_METHOD(Apn_AmiClient_FollowsResponseStrategy, __construct);
ZEND_METHOD(Apn_AmiClient_FollowsResponseStrategy, __unserialize);
ZEND_METHOD(Apn_AmiClient_FollowsResponseStrategy, getMaxDurationMs);
ZEND_METHOD(Apn_AmiClient_FollowsResponseStrategy, getMaxMessages);
ZEND_METHOD(Apn_AmiClient_FollowsResponseStrategy, getTerminalEventNames);
ZEND_METHOD(Apn_AmiClient_FollowsResponseStrategy, getTimeoutBehavior);
ZEND_METHOD(Apn_AmiClient_AsyncEventStrategy, __construct);
ZEND_METHOD(Apn_AmiClient_AsyncEventStrategy, __unserialize);
ZEND_METHOD(Apn_AmiClient_AsyncEventStrategy, getMaxDurationMs);
ZEND_METHOD(Apn_AmiClient_AsyncEventStrategy, getMaxMessages);
ZEND_METHOD(Apn_AmiClient_AsyncEventStrategy, getTerminalEventNames);
ZEND_METHOD(Apn_AmiClient_AsyncEventStrategy, getTimeoutBehavior);
ZEND_METHOD(Apn_AmiClient_PendingAction, __construct);
ZEND_METHOD(Apn_AmiClient_PendingAction, getActionId);
ZEND_METHOD(Apn_AmiClient_PendingAction, getServerKey);
ZEND_METHOD(Apn_AmiClient_PendingAction, isFinished);
ZEND_METHOD(Apn_AmiClient_PendingAction, onComplete);
ZEND_METHOD(Apn_AmiClient_PendingAction, await);
ZEND_METHOD(Apn_AmiClient_PendingAction, getResponse);
ZEND_METHOD(Apn_AmiClient_PendingAction, getException);
ZEND_METHOD(Apn_AmiClient_PendingAction, cancel);
ZEND_METHOD(Apn_AmiClient_Glob, __construct);
ZEND_METHOD(Apn_AmiClient_Subscription, __construct);
ZEND_METHOD(Apn_AmiClient_Subscription, cancel);
ZEND_METHOD(Apn_AmiClient_Subscription, isActive);
ZEND_METHOD(Apn_AmiClient_Gap, __construct);
ZEND_METHOD(Apn_AmiClient_Gap, __unserialize);
ZEND_METHOD(Apn_AmiClient_Message, __construct);
ZEND_METHOD(Apn_AmiClient_Message, get);
ZEND_METHOD(Apn_AmiClient_Message, all);
ZEND_METHOD(Apn_AmiClient_Message, int);
ZEND_METHOD(Apn_AmiClient_Message, known);
ZEND_METHOD(Apn_AmiClient_Message, getHeaders);
ZEND_METHOD(Apn_AmiClient_Message, getRawHeaders);
ZEND_METHOD(Apn_AmiClient_Message, getVariables);
ZEND_METHOD(Apn_AmiClient_Message, getActionId);
ZEND_METHOD(Apn_AmiClient_Message, offsetExists);
ZEND_METHOD(Apn_AmiClient_Message, offsetGet);
ZEND_METHOD(Apn_AmiClient_Message, offsetSet);
ZEND_METHOD(Apn_AmiClient_Message, offsetUnset);
ZEND_METHOD(Apn_AmiClient_Message, count);
ZEND_METHOD(Apn_AmiClient_Message, getIterator);
ZEND_METHOD(Apn_AmiClient_Message, jsonSerialize);
ZEND_METHOD(Apn_AmiClient_Message, __serialize);
ZEND_METHOD(Apn_AmiClient_Message, __unserialize);
ZEND_METHOD(Apn_AmiClient_AmiEvent, fromArray);
ZEND_METHOD(Apn_AmiClient_Response, fromArray);
ZEND_METHOD(Apn_AmiClient_Response, getMessage);
ZEND_METHOD(Apn_AmiClient_Response, getEvents);
ZEND_METHOD(Apn_AmiClient_Response, getCompleteEvent);
ZEND_METHOD(Apn_AmiClient_Response, getOutput);
ZEND_METHOD(Apn_AmiClient_TickSummary, __construct);
ZEND_METHOD(Apn_AmiClient_TickSummary, hasProgress);
ZEND_METHOD(Apn_AmiClient_ServerHealth, __construct);
ZEND_METHOD(Apn_AmiClient_ServerHealth, isReady);
ZEND_METHOD(Apn_AmiClient_ServerHealth, jsonSerialize);
ZEND_METHOD(Apn_AmiClient_AmiClient, __construct);
ZEND_METHOD(Apn_AmiClient_AmiClient, open);
ZEND_METHOD(Apn_AmiClient_AmiClient, close);
ZEND_METHOD(Apn_AmiClient_AmiClient, send);
ZEND_METHOD(Apn_AmiClient_AmiClient, onEvent);
ZEND_METHOD(Apn_AmiClient_AmiClient, onStateChange);
ZEND_METHOD(Apn_AmiClient_AmiClient, onGap);
ZEND_METHOD(Apn_AmiClient_AmiClient, state);
ZEND_METHOD(Apn_AmiClient_AmiClient, isReady);
ZEND_METHOD(Apn_AmiClient_AmiClient, health);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, __construct);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, fromConfig);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, server);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, default);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, setDefaultServer);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, serverKeys);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, addServer);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, removeServer);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, connectAll);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, terminate);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, select);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, routing);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, send);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, sendAll);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, tick);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, run);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, stop);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, registerSignalHandlers);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, onSignal);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, onEvent);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, onStateChange);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, onGap);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, onListenerError);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, health);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, metrics);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, getStream);
ZEND_METHOD(Apn_AmiClient_AmiClientManager, nextDeadlineMs);
ZEND_METHOD(Apn_AmiClient_Exception_InvalidConfigurationException, isRetrySafe);
ZEND_METHOD(Apn_AmiClient_Exception_InvalidActionException, isRetrySafe);
ZEND_METHOD(Apn_AmiClient_Exception_UnknownServerException, isRetrySafe);
ZEND_METHOD(Apn_AmiClient_Exception_ReentrantTickException, isRetrySafe);
ZEND_METHOD(Apn_AmiClient_Exception_ForkedProcessException, isRetrySafe);
ZEND_METHOD(Apn_AmiClient_Exception_AmiException, __construct);
ZEND_METHOD(Apn_AmiClient_Exception_AmiException, isRetrySafe);
ZEND_METHOD(Apn_AmiClient_Testing_FakeAsterisk, __construct);
ZEND_METHOD(Apn_AmiClient_Testing_FakeAsterisk, manager);
ZEND_METHOD(Apn_AmiClient_Testing_FakeAsterisk, respond);
ZEND_METHOD(Apn_AmiClient_Testing_FakeAsterisk, ignore);
ZEND_METHOD(Apn_AmiClient_Testing_FakeAsterisk, emit);
ZEND_METHOD(Apn_AmiClient_Testing_FakeAsterisk, refuseLogin);
ZEND_METHOD(Apn_AmiClient_Testing_FakeAsterisk, dropSession);
ZEND_METHOD(Apn_AmiClient_Testing_FakeAsterisk, advance);
ZEND_METHOD(Apn_AmiClient_Testing_FakeAsterisk, sent);

static const zend_function_entry class_Apn_AmiClient_ServerConfig_methods[] = {
	ZEND_ME(Apn_AmiClient_ServerConfig, __construct, arginfo_class_Apn_AmiClient_ServerConfig___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_ServerConfig, fromArray, arginfo_class_Apn_AmiClient_ServerConfig_fromArray, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_TlsOptions_methods[] = {
	ZEND_ME(Apn_AmiClient_TlsOptions, __construct, arginfo_class_Apn_AmiClient_TlsOptions___construct, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_ServerRegistry_methods[] = {
	ZEND_ME(Apn_AmiClient_ServerRegistry, __construct, arginfo_class_Apn_AmiClient_ServerRegistry___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_ServerRegistry, add, arginfo_class_Apn_AmiClient_ServerRegistry_add, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_ServerRegistry, has, arginfo_class_Apn_AmiClient_ServerRegistry_has, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_ServerRegistry, get, arginfo_class_Apn_AmiClient_ServerRegistry_get, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_ServerRegistry, all, arginfo_class_Apn_AmiClient_ServerRegistry_all, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_ServerRegistry, count, arginfo_class_Apn_AmiClient_ServerRegistry_count, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_ServerRegistry, getIterator, arginfo_class_Apn_AmiClient_ServerRegistry_getIterator, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_ClientOptions_methods[] = {
	ZEND_ME(Apn_AmiClient_ClientOptions, __construct, arginfo_class_Apn_AmiClient_ClientOptions___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_ClientOptions, fromArray, arginfo_class_Apn_AmiClient_ClientOptions_fromArray, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_ClusterOptions_methods[] = {
	ZEND_ME(Apn_AmiClient_ClusterOptions, __construct, arginfo_class_Apn_AmiClient_ClusterOptions___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_ClusterOptions, fromArray, arginfo_class_Apn_AmiClient_ClusterOptions_fromArray, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_Action_methods[] = {
	ZEND_RAW_FENTRY("getName", NULL, arginfo_class_Apn_AmiClient_Action_getName, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_RAW_FENTRY("getParameters", NULL, arginfo_class_Apn_AmiClient_Action_getParameters, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_RAW_FENTRY("getCompletionStrategy", NULL, arginfo_class_Apn_AmiClient_Action_getCompletionStrategy, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_GenericAction_methods[] = {
	ZEND_ME(Apn_AmiClient_GenericAction, __construct, arginfo_class_Apn_AmiClient_GenericAction___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_GenericAction, with, arginfo_class_Apn_AmiClient_GenericAction_with, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_GenericAction, withStrategy, arginfo_class_Apn_AmiClient_GenericAction_withStrategy, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_GenericAction, __serialize, arginfo_class_Apn_AmiClient_GenericAction___serialize, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_GenericAction, __unserialize, arginfo_class_Apn_AmiClient_GenericAction___unserialize, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_GenericAction, getName, arginfo_class_Apn_AmiClient_GenericAction_getName, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_GenericAction, getParameters, arginfo_class_Apn_AmiClient_GenericAction_getParameters, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_GenericAction, getCompletionStrategy, arginfo_class_Apn_AmiClient_GenericAction_getCompletionStrategy, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_CompletionStrategy_methods[] = {
	ZEND_RAW_FENTRY("getMaxDurationMs", NULL, arginfo_class_Apn_AmiClient_CompletionStrategy_getMaxDurationMs, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_RAW_FENTRY("getMaxMessages", NULL, arginfo_class_Apn_AmiClient_CompletionStrategy_getMaxMessages, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_RAW_FENTRY("getTerminalEventNames", NULL, arginfo_class_Apn_AmiClient_CompletionStrategy_getTerminalEventNames, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_RAW_FENTRY("getTimeoutBehavior", NULL, arginfo_class_Apn_AmiClient_CompletionStrategy_getTimeoutBehavior, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_SingleResponseStrategy_methods[] = {
	ZEND_ME(Apn_AmiClient_SingleResponseStrategy, __construct, arginfo_class_Apn_AmiClient_SingleResponseStrategy___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_SingleResponseStrategy, __unserialize, arginfo_class_Apn_AmiClient_SingleResponseStrategy___unserialize, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_SingleResponseStrategy, getMaxDurationMs, arginfo_class_Apn_AmiClient_SingleResponseStrategy_getMaxDurationMs, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_SingleResponseStrategy, getMaxMessages, arginfo_class_Apn_AmiClient_SingleResponseStrategy_getMaxMessages, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_SingleResponseStrategy, getTerminalEventNames, arginfo_class_Apn_AmiClient_SingleResponseStrategy_getTerminalEventNames, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_SingleResponseStrategy, getTimeoutBehavior, arginfo_class_Apn_AmiClient_SingleResponseStrategy_getTimeoutBehavior, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_MultiEventStrategy_methods[] = {
	ZEND_ME(Apn_AmiClient_MultiEventStrategy, __construct, arginfo_class_Apn_AmiClient_MultiEventStrategy___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_MultiEventStrategy, __unserialize, arginfo_class_Apn_AmiClient_MultiEventStrategy___unserialize, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_MultiEventStrategy, getMaxDurationMs, arginfo_class_Apn_AmiClient_MultiEventStrategy_getMaxDurationMs, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_MultiEventStrategy, getMaxMessages, arginfo_class_Apn_AmiClient_MultiEventStrategy_getMaxMessages, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_MultiEventStrategy, getTerminalEventNames, arginfo_class_Apn_AmiClient_MultiEventStrategy_getTerminalEventNames, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_MultiEventStrategy, getTimeoutBehavior, arginfo_class_Apn_AmiClient_MultiEventStrategy_getTimeoutBehavior, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_FollowsResponseStrategy_methods[] = {
	ZEND_ME(Apn_AmiClient_FollowsResponseStrategy, __construct, arginfo_class_Apn_AmiClient_FollowsResponseStrategy___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_FollowsResponseStrategy, __unserialize, arginfo_class_Apn_AmiClient_FollowsResponseStrategy___unserialize, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_FollowsResponseStrategy, getMaxDurationMs, arginfo_class_Apn_AmiClient_FollowsResponseStrategy_getMaxDurationMs, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_FollowsResponseStrategy, getMaxMessages, arginfo_class_Apn_AmiClient_FollowsResponseStrategy_getMaxMessages, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_FollowsResponseStrategy, getTerminalEventNames, arginfo_class_Apn_AmiClient_FollowsResponseStrategy_getTerminalEventNames, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_FollowsResponseStrategy, getTimeoutBehavior, arginfo_class_Apn_AmiClient_FollowsResponseStrategy_getTimeoutBehavior, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_AsyncEventStrategy_methods[] = {
	ZEND_ME(Apn_AmiClient_AsyncEventStrategy, __construct, arginfo_class_Apn_AmiClient_AsyncEventStrategy___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AsyncEventStrategy, __unserialize, arginfo_class_Apn_AmiClient_AsyncEventStrategy___unserialize, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AsyncEventStrategy, getMaxDurationMs, arginfo_class_Apn_AmiClient_AsyncEventStrategy_getMaxDurationMs, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AsyncEventStrategy, getMaxMessages, arginfo_class_Apn_AmiClient_AsyncEventStrategy_getMaxMessages, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AsyncEventStrategy, getTerminalEventNames, arginfo_class_Apn_AmiClient_AsyncEventStrategy_getTerminalEventNames, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AsyncEventStrategy, getTimeoutBehavior, arginfo_class_Apn_AmiClient_AsyncEventStrategy_getTimeoutBehavior, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_Pending_methods[] = {
	ZEND_RAW_FENTRY("getActionId", NULL, arginfo_class_Apn_AmiClient_Pending_getActionId, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_RAW_FENTRY("getServerKey", NULL, arginfo_class_Apn_AmiClient_Pending_getServerKey, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_RAW_FENTRY("isFinished", NULL, arginfo_class_Apn_AmiClient_Pending_isFinished, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_RAW_FENTRY("onComplete", NULL, arginfo_class_Apn_AmiClient_Pending_onComplete, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_RAW_FENTRY("await", NULL, arginfo_class_Apn_AmiClient_Pending_await, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_RAW_FENTRY("getResponse", NULL, arginfo_class_Apn_AmiClient_Pending_getResponse, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_RAW_FENTRY("getException", NULL, arginfo_class_Apn_AmiClient_Pending_getException, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_RAW_FENTRY("cancel", NULL, arginfo_class_Apn_AmiClient_Pending_cancel, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_PendingAction_methods[] = {
	ZEND_ME(Apn_AmiClient_PendingAction, __construct, arginfo_class_Apn_AmiClient_PendingAction___construct, ZEND_ACC_PRIVATE)
	ZEND_ME(Apn_AmiClient_PendingAction, getActionId, arginfo_class_Apn_AmiClient_PendingAction_getActionId, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_PendingAction, getServerKey, arginfo_class_Apn_AmiClient_PendingAction_getServerKey, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_PendingAction, isFinished, arginfo_class_Apn_AmiClient_PendingAction_isFinished, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_PendingAction, onComplete, arginfo_class_Apn_AmiClient_PendingAction_onComplete, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_PendingAction, await, arginfo_class_Apn_AmiClient_PendingAction_await, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_PendingAction, getResponse, arginfo_class_Apn_AmiClient_PendingAction_getResponse, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_PendingAction, getException, arginfo_class_Apn_AmiClient_PendingAction_getException, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_PendingAction, cancel, arginfo_class_Apn_AmiClient_PendingAction_cancel, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_ActionSender_methods[] = {
	ZEND_RAW_FENTRY("send", NULL, arginfo_class_Apn_AmiClient_ActionSender_send, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_Glob_methods[] = {
	ZEND_ME(Apn_AmiClient_Glob, __construct, arginfo_class_Apn_AmiClient_Glob___construct, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_Subscription_methods[] = {
	ZEND_ME(Apn_AmiClient_Subscription, __construct, arginfo_class_Apn_AmiClient_Subscription___construct, ZEND_ACC_PRIVATE)
	ZEND_ME(Apn_AmiClient_Subscription, cancel, arginfo_class_Apn_AmiClient_Subscription_cancel, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Subscription, isActive, arginfo_class_Apn_AmiClient_Subscription_isActive, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_Gap_methods[] = {
	ZEND_ME(Apn_AmiClient_Gap, __construct, arginfo_class_Apn_AmiClient_Gap___construct, ZEND_ACC_PRIVATE)
	ZEND_ME(Apn_AmiClient_Gap, __unserialize, arginfo_class_Apn_AmiClient_Gap___unserialize, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_Message_methods[] = {
	ZEND_ME(Apn_AmiClient_Message, __construct, arginfo_class_Apn_AmiClient_Message___construct, ZEND_ACC_PRIVATE)
	ZEND_ME(Apn_AmiClient_Message, get, arginfo_class_Apn_AmiClient_Message_get, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, all, arginfo_class_Apn_AmiClient_Message_all, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, int, arginfo_class_Apn_AmiClient_Message_int, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, known, arginfo_class_Apn_AmiClient_Message_known, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, getHeaders, arginfo_class_Apn_AmiClient_Message_getHeaders, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, getRawHeaders, arginfo_class_Apn_AmiClient_Message_getRawHeaders, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, getVariables, arginfo_class_Apn_AmiClient_Message_getVariables, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, getActionId, arginfo_class_Apn_AmiClient_Message_getActionId, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, offsetExists, arginfo_class_Apn_AmiClient_Message_offsetExists, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, offsetGet, arginfo_class_Apn_AmiClient_Message_offsetGet, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, offsetSet, arginfo_class_Apn_AmiClient_Message_offsetSet, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, offsetUnset, arginfo_class_Apn_AmiClient_Message_offsetUnset, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, count, arginfo_class_Apn_AmiClient_Message_count, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, getIterator, arginfo_class_Apn_AmiClient_Message_getIterator, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, jsonSerialize, arginfo_class_Apn_AmiClient_Message_jsonSerialize, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, __serialize, arginfo_class_Apn_AmiClient_Message___serialize, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Message, __unserialize, arginfo_class_Apn_AmiClient_Message___unserialize, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_AmiEvent_methods[] = {
	ZEND_ME(Apn_AmiClient_AmiEvent, fromArray, arginfo_class_Apn_AmiClient_AmiEvent_fromArray, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_Response_methods[] = {
	ZEND_ME(Apn_AmiClient_Response, fromArray, arginfo_class_Apn_AmiClient_Response_fromArray, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_ME(Apn_AmiClient_Response, getMessage, arginfo_class_Apn_AmiClient_Response_getMessage, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Response, getEvents, arginfo_class_Apn_AmiClient_Response_getEvents, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Response, getCompleteEvent, arginfo_class_Apn_AmiClient_Response_getCompleteEvent, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Response, getOutput, arginfo_class_Apn_AmiClient_Response_getOutput, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_TickSummary_methods[] = {
	ZEND_ME(Apn_AmiClient_TickSummary, __construct, arginfo_class_Apn_AmiClient_TickSummary___construct, ZEND_ACC_PRIVATE)
	ZEND_ME(Apn_AmiClient_TickSummary, hasProgress, arginfo_class_Apn_AmiClient_TickSummary_hasProgress, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_ServerHealth_methods[] = {
	ZEND_ME(Apn_AmiClient_ServerHealth, __construct, arginfo_class_Apn_AmiClient_ServerHealth___construct, ZEND_ACC_PRIVATE)
	ZEND_ME(Apn_AmiClient_ServerHealth, isReady, arginfo_class_Apn_AmiClient_ServerHealth_isReady, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_ServerHealth, jsonSerialize, arginfo_class_Apn_AmiClient_ServerHealth_jsonSerialize, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_AmiClient_methods[] = {
	ZEND_ME(Apn_AmiClient_AmiClient, __construct, arginfo_class_Apn_AmiClient_AmiClient___construct, ZEND_ACC_PRIVATE)
	ZEND_ME(Apn_AmiClient_AmiClient, open, arginfo_class_Apn_AmiClient_AmiClient_open, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClient, close, arginfo_class_Apn_AmiClient_AmiClient_close, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClient, send, arginfo_class_Apn_AmiClient_AmiClient_send, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClient, onEvent, arginfo_class_Apn_AmiClient_AmiClient_onEvent, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClient, onStateChange, arginfo_class_Apn_AmiClient_AmiClient_onStateChange, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClient, onGap, arginfo_class_Apn_AmiClient_AmiClient_onGap, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClient, state, arginfo_class_Apn_AmiClient_AmiClient_state, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClient, isReady, arginfo_class_Apn_AmiClient_AmiClient_isReady, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClient, health, arginfo_class_Apn_AmiClient_AmiClient_health, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_AmiClientManager_methods[] = {
	ZEND_ME(Apn_AmiClient_AmiClientManager, __construct, arginfo_class_Apn_AmiClient_AmiClientManager___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, fromConfig, arginfo_class_Apn_AmiClient_AmiClientManager_fromConfig, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, server, arginfo_class_Apn_AmiClient_AmiClientManager_server, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, default, arginfo_class_Apn_AmiClient_AmiClientManager_default, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, setDefaultServer, arginfo_class_Apn_AmiClient_AmiClientManager_setDefaultServer, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, serverKeys, arginfo_class_Apn_AmiClient_AmiClientManager_serverKeys, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, addServer, arginfo_class_Apn_AmiClient_AmiClientManager_addServer, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, removeServer, arginfo_class_Apn_AmiClient_AmiClientManager_removeServer, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, connectAll, arginfo_class_Apn_AmiClient_AmiClientManager_connectAll, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, terminate, arginfo_class_Apn_AmiClient_AmiClientManager_terminate, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, select, arginfo_class_Apn_AmiClient_AmiClientManager_select, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, routing, arginfo_class_Apn_AmiClient_AmiClientManager_routing, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, send, arginfo_class_Apn_AmiClient_AmiClientManager_send, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, sendAll, arginfo_class_Apn_AmiClient_AmiClientManager_sendAll, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, tick, arginfo_class_Apn_AmiClient_AmiClientManager_tick, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, run, arginfo_class_Apn_AmiClient_AmiClientManager_run, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, stop, arginfo_class_Apn_AmiClient_AmiClientManager_stop, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, registerSignalHandlers, arginfo_class_Apn_AmiClient_AmiClientManager_registerSignalHandlers, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, onSignal, arginfo_class_Apn_AmiClient_AmiClientManager_onSignal, ZEND_ACC_PRIVATE|ZEND_ACC_STATIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, onEvent, arginfo_class_Apn_AmiClient_AmiClientManager_onEvent, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, onStateChange, arginfo_class_Apn_AmiClient_AmiClientManager_onStateChange, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, onGap, arginfo_class_Apn_AmiClient_AmiClientManager_onGap, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, onListenerError, arginfo_class_Apn_AmiClient_AmiClientManager_onListenerError, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, health, arginfo_class_Apn_AmiClient_AmiClientManager_health, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, metrics, arginfo_class_Apn_AmiClient_AmiClientManager_metrics, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, getStream, arginfo_class_Apn_AmiClient_AmiClientManager_getStream, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_AmiClientManager, nextDeadlineMs, arginfo_class_Apn_AmiClient_AmiClientManager_nextDeadlineMs, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_Exception_AmiThrowable_methods[] = {
	ZEND_RAW_FENTRY("isRetrySafe", NULL, arginfo_class_Apn_AmiClient_Exception_AmiThrowable_isRetrySafe, ZEND_ACC_PUBLIC|ZEND_ACC_ABSTRACT, NULL, NULL)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_Exception_InvalidConfigurationException_methods[] = {
	ZEND_ME(Apn_AmiClient_Exception_InvalidConfigurationException, isRetrySafe, arginfo_class_Apn_AmiClient_Exception_InvalidConfigurationException_isRetrySafe, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_Exception_InvalidActionException_methods[] = {
	ZEND_ME(Apn_AmiClient_Exception_InvalidActionException, isRetrySafe, arginfo_class_Apn_AmiClient_Exception_InvalidActionException_isRetrySafe, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_Exception_UnknownServerException_methods[] = {
	ZEND_ME(Apn_AmiClient_Exception_UnknownServerException, isRetrySafe, arginfo_class_Apn_AmiClient_Exception_UnknownServerException_isRetrySafe, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_Exception_ReentrantTickException_methods[] = {
	ZEND_ME(Apn_AmiClient_Exception_ReentrantTickException, isRetrySafe, arginfo_class_Apn_AmiClient_Exception_ReentrantTickException_isRetrySafe, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_Exception_ForkedProcessException_methods[] = {
	ZEND_ME(Apn_AmiClient_Exception_ForkedProcessException, isRetrySafe, arginfo_class_Apn_AmiClient_Exception_ForkedProcessException_isRetrySafe, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_Exception_AmiException_methods[] = {
	ZEND_ME(Apn_AmiClient_Exception_AmiException, __construct, arginfo_class_Apn_AmiClient_Exception_AmiException___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Exception_AmiException, isRetrySafe, arginfo_class_Apn_AmiClient_Exception_AmiException_isRetrySafe, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Apn_AmiClient_Testing_FakeAsterisk_methods[] = {
	ZEND_ME(Apn_AmiClient_Testing_FakeAsterisk, __construct, arginfo_class_Apn_AmiClient_Testing_FakeAsterisk___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Testing_FakeAsterisk, manager, arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_manager, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Testing_FakeAsterisk, respond, arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_respond, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Testing_FakeAsterisk, ignore, arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_ignore, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Testing_FakeAsterisk, emit, arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_emit, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Testing_FakeAsterisk, refuseLogin, arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_refuseLogin, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Testing_FakeAsterisk, dropSession, arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_dropSession, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Testing_FakeAsterisk, advance, arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_advance, ZEND_ACC_PUBLIC)
	ZEND_ME(Apn_AmiClient_Testing_FakeAsterisk, sent, arginfo_class_Apn_AmiClient_Testing_FakeAsterisk_sent, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_Apn_AmiClient_ConnectionState(void)
{
	zend_class_entry *class_entry = zend_register_internal_enum("Apn\\AmiClient\\ConnectionState", IS_STRING, NULL);

	zval enum_case_Disconnected_value;
	zend_string *enum_case_Disconnected_value_str = zend_string_init("disconnected", strlen("disconnected"), 1);
	ZVAL_STR(&enum_case_Disconnected_value, enum_case_Disconnected_value_str);
	zend_enum_add_case_cstr(class_entry, "Disconnected", &enum_case_Disconnected_value);

	zval enum_case_Resolving_value;
	zend_string *enum_case_Resolving_value_str = zend_string_init("resolving", strlen("resolving"), 1);
	ZVAL_STR(&enum_case_Resolving_value, enum_case_Resolving_value_str);
	zend_enum_add_case_cstr(class_entry, "Resolving", &enum_case_Resolving_value);

	zval enum_case_Connecting_value;
	zend_string *enum_case_Connecting_value_str = zend_string_init("connecting", strlen("connecting"), 1);
	ZVAL_STR(&enum_case_Connecting_value, enum_case_Connecting_value_str);
	zend_enum_add_case_cstr(class_entry, "Connecting", &enum_case_Connecting_value);

	zval enum_case_Connected_value;
	zend_string *enum_case_Connected_value_str = zend_string_init("connected", strlen("connected"), 1);
	ZVAL_STR(&enum_case_Connected_value, enum_case_Connected_value_str);
	zend_enum_add_case_cstr(class_entry, "Connected", &enum_case_Connected_value);

	zval enum_case_Authenticating_value;
	zend_string *enum_case_Authenticating_value_str = zend_string_init("authenticating", strlen("authenticating"), 1);
	ZVAL_STR(&enum_case_Authenticating_value, enum_case_Authenticating_value_str);
	zend_enum_add_case_cstr(class_entry, "Authenticating", &enum_case_Authenticating_value);

	zval enum_case_Ready_value;
	zend_string *enum_case_Ready_value_str = zend_string_init("ready", strlen("ready"), 1);
	ZVAL_STR(&enum_case_Ready_value, enum_case_Ready_value_str);
	zend_enum_add_case_cstr(class_entry, "Ready", &enum_case_Ready_value);

	zval enum_case_Closing_value;
	zend_string *enum_case_Closing_value_str = zend_string_init("closing", strlen("closing"), 1);
	ZVAL_STR(&enum_case_Closing_value, enum_case_Closing_value_str);
	zend_enum_add_case_cstr(class_entry, "Closing", &enum_case_Closing_value);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_CircuitState(void)
{
	zend_class_entry *class_entry = zend_register_internal_enum("Apn\\AmiClient\\CircuitState", IS_STRING, NULL);

	zval enum_case_Closed_value;
	zend_string *enum_case_Closed_value_str = zend_string_init("closed", strlen("closed"), 1);
	ZVAL_STR(&enum_case_Closed_value, enum_case_Closed_value_str);
	zend_enum_add_case_cstr(class_entry, "Closed", &enum_case_Closed_value);

	zval enum_case_Open_value;
	zend_string *enum_case_Open_value_str = zend_string_init("open", strlen("open"), 1);
	ZVAL_STR(&enum_case_Open_value, enum_case_Open_value_str);
	zend_enum_add_case_cstr(class_entry, "Open", &enum_case_Open_value);

	zval enum_case_HalfOpen_value;
	zend_string *enum_case_HalfOpen_value_str = zend_string_init("half_open", strlen("half_open"), 1);
	ZVAL_STR(&enum_case_HalfOpen_value, enum_case_HalfOpen_value_str);
	zend_enum_add_case_cstr(class_entry, "HalfOpen", &enum_case_HalfOpen_value);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_DropPolicy(void)
{
	zend_class_entry *class_entry = zend_register_internal_enum("Apn\\AmiClient\\DropPolicy", IS_STRING, NULL);

	zval enum_case_Oldest_value;
	zend_string *enum_case_Oldest_value_str = zend_string_init("oldest", strlen("oldest"), 1);
	ZVAL_STR(&enum_case_Oldest_value, enum_case_Oldest_value_str);
	zend_enum_add_case_cstr(class_entry, "Oldest", &enum_case_Oldest_value);

	zval enum_case_Newest_value;
	zend_string *enum_case_Newest_value_str = zend_string_init("newest", strlen("newest"), 1);
	ZVAL_STR(&enum_case_Newest_value, enum_case_Newest_value_str);
	zend_enum_add_case_cstr(class_entry, "Newest", &enum_case_Newest_value);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_TimeoutBehavior(void)
{
	zend_class_entry *class_entry = zend_register_internal_enum("Apn\\AmiClient\\TimeoutBehavior", IS_STRING, NULL);

	zval enum_case_Fail_value;
	zend_string *enum_case_Fail_value_str = zend_string_init("fail", strlen("fail"), 1);
	ZVAL_STR(&enum_case_Fail_value, enum_case_Fail_value_str);
	zend_enum_add_case_cstr(class_entry, "Fail", &enum_case_Fail_value);

	zval enum_case_Partial_value;
	zend_string *enum_case_Partial_value_str = zend_string_init("partial", strlen("partial"), 1);
	ZVAL_STR(&enum_case_Partial_value, enum_case_Partial_value_str);
	zend_enum_add_case_cstr(class_entry, "Partial", &enum_case_Partial_value);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_DisconnectReason(void)
{
	zend_class_entry *class_entry = zend_register_internal_enum("Apn\\AmiClient\\DisconnectReason", IS_STRING, NULL);

	zval enum_case_Refused_value;
	zend_string *enum_case_Refused_value_str = zend_string_init("refused", strlen("refused"), 1);
	ZVAL_STR(&enum_case_Refused_value, enum_case_Refused_value_str);
	zend_enum_add_case_cstr(class_entry, "Refused", &enum_case_Refused_value);

	zval enum_case_Unreachable_value;
	zend_string *enum_case_Unreachable_value_str = zend_string_init("unreachable", strlen("unreachable"), 1);
	ZVAL_STR(&enum_case_Unreachable_value, enum_case_Unreachable_value_str);
	zend_enum_add_case_cstr(class_entry, "Unreachable", &enum_case_Unreachable_value);

	zval enum_case_Dns_value;
	zend_string *enum_case_Dns_value_str = zend_string_init("dns", strlen("dns"), 1);
	ZVAL_STR(&enum_case_Dns_value, enum_case_Dns_value_str);
	zend_enum_add_case_cstr(class_entry, "Dns", &enum_case_Dns_value);

	zval enum_case_Tls_value;
	zend_string *enum_case_Tls_value_str = zend_string_init("tls", strlen("tls"), 1);
	ZVAL_STR(&enum_case_Tls_value, enum_case_Tls_value_str);
	zend_enum_add_case_cstr(class_entry, "Tls", &enum_case_Tls_value);

	zval enum_case_ConnectTimeout_value;
	zend_string *enum_case_ConnectTimeout_value_str = zend_string_init("connect_timeout", strlen("connect_timeout"), 1);
	ZVAL_STR(&enum_case_ConnectTimeout_value, enum_case_ConnectTimeout_value_str);
	zend_enum_add_case_cstr(class_entry, "ConnectTimeout", &enum_case_ConnectTimeout_value);

	zval enum_case_LoginTimeout_value;
	zend_string *enum_case_LoginTimeout_value_str = zend_string_init("login_timeout", strlen("login_timeout"), 1);
	ZVAL_STR(&enum_case_LoginTimeout_value, enum_case_LoginTimeout_value_str);
	zend_enum_add_case_cstr(class_entry, "LoginTimeout", &enum_case_LoginTimeout_value);

	zval enum_case_AuthFailed_value;
	zend_string *enum_case_AuthFailed_value_str = zend_string_init("auth_failed", strlen("auth_failed"), 1);
	ZVAL_STR(&enum_case_AuthFailed_value, enum_case_AuthFailed_value_str);
	zend_enum_add_case_cstr(class_entry, "AuthFailed", &enum_case_AuthFailed_value);

	zval enum_case_LoginInUse_value;
	zend_string *enum_case_LoginInUse_value_str = zend_string_init("login_in_use", strlen("login_in_use"), 1);
	ZVAL_STR(&enum_case_LoginInUse_value, enum_case_LoginInUse_value_str);
	zend_enum_add_case_cstr(class_entry, "LoginInUse", &enum_case_LoginInUse_value);

	zval enum_case_AuthLimit_value;
	zend_string *enum_case_AuthLimit_value_str = zend_string_init("auth_limit", strlen("auth_limit"), 1);
	ZVAL_STR(&enum_case_AuthLimit_value, enum_case_AuthLimit_value_str);
	zend_enum_add_case_cstr(class_entry, "AuthLimit", &enum_case_AuthLimit_value);

	zval enum_case_ReadTimeout_value;
	zend_string *enum_case_ReadTimeout_value_str = zend_string_init("read_timeout", strlen("read_timeout"), 1);
	ZVAL_STR(&enum_case_ReadTimeout_value, enum_case_ReadTimeout_value_str);
	zend_enum_add_case_cstr(class_entry, "ReadTimeout", &enum_case_ReadTimeout_value);

	zval enum_case_PeerClosed_value;
	zend_string *enum_case_PeerClosed_value_str = zend_string_init("peer_closed", strlen("peer_closed"), 1);
	ZVAL_STR(&enum_case_PeerClosed_value, enum_case_PeerClosed_value_str);
	zend_enum_add_case_cstr(class_entry, "PeerClosed", &enum_case_PeerClosed_value);

	zval enum_case_Shutdown_value;
	zend_string *enum_case_Shutdown_value_str = zend_string_init("shutdown", strlen("shutdown"), 1);
	ZVAL_STR(&enum_case_Shutdown_value, enum_case_Shutdown_value_str);
	zend_enum_add_case_cstr(class_entry, "Shutdown", &enum_case_Shutdown_value);

	zval enum_case_Requested_value;
	zend_string *enum_case_Requested_value_str = zend_string_init("requested", strlen("requested"), 1);
	ZVAL_STR(&enum_case_Requested_value, enum_case_Requested_value_str);
	zend_enum_add_case_cstr(class_entry, "Requested", &enum_case_Requested_value);

	zval enum_case_InternalError_value;
	zend_string *enum_case_InternalError_value_str = zend_string_init("internal_error", strlen("internal_error"), 1);
	ZVAL_STR(&enum_case_InternalError_value, enum_case_InternalError_value_str);
	zend_enum_add_case_cstr(class_entry, "InternalError", &enum_case_InternalError_value);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Routing(void)
{
	zend_class_entry *class_entry = zend_register_internal_enum("Apn\\AmiClient\\Routing", IS_STRING, NULL);

	zval enum_case_DefaultServer_value;
	zend_string *enum_case_DefaultServer_value_str = zend_string_init("default", strlen("default"), 1);
	ZVAL_STR(&enum_case_DefaultServer_value, enum_case_DefaultServer_value_str);
	zend_enum_add_case_cstr(class_entry, "DefaultServer", &enum_case_DefaultServer_value);

	zval enum_case_RoundRobin_value;
	zend_string *enum_case_RoundRobin_value_str = zend_string_init("round_robin", strlen("round_robin"), 1);
	ZVAL_STR(&enum_case_RoundRobin_value, enum_case_RoundRobin_value_str);
	zend_enum_add_case_cstr(class_entry, "RoundRobin", &enum_case_RoundRobin_value);

	zval enum_case_LeastPending_value;
	zend_string *enum_case_LeastPending_value_str = zend_string_init("least_pending", strlen("least_pending"), 1);
	ZVAL_STR(&enum_case_LeastPending_value, enum_case_LeastPending_value_str);
	zend_enum_add_case_cstr(class_entry, "LeastPending", &enum_case_LeastPending_value);

	zval enum_case_Failover_value;
	zend_string *enum_case_Failover_value_str = zend_string_init("failover", strlen("failover"), 1);
	ZVAL_STR(&enum_case_Failover_value, enum_case_Failover_value_str);
	zend_enum_add_case_cstr(class_entry, "Failover", &enum_case_Failover_value);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_AuthMethod(void)
{
	zend_class_entry *class_entry = zend_register_internal_enum("Apn\\AmiClient\\AuthMethod", IS_STRING, NULL);

	zval enum_case_Auto_value;
	zend_string *enum_case_Auto_value_str = zend_string_init("auto", strlen("auto"), 1);
	ZVAL_STR(&enum_case_Auto_value, enum_case_Auto_value_str);
	zend_enum_add_case_cstr(class_entry, "Auto", &enum_case_Auto_value);

	zval enum_case_Md5_value;
	zend_string *enum_case_Md5_value_str = zend_string_init("md5", strlen("md5"), 1);
	ZVAL_STR(&enum_case_Md5_value, enum_case_Md5_value_str);
	zend_enum_add_case_cstr(class_entry, "Md5", &enum_case_Md5_value);

	zval enum_case_Plain_value;
	zend_string *enum_case_Plain_value_str = zend_string_init("plain", strlen("plain"), 1);
	ZVAL_STR(&enum_case_Plain_value, enum_case_Plain_value_str);
	zend_enum_add_case_cstr(class_entry, "Plain", &enum_case_Plain_value);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_ServerConfig(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "ServerConfig", class_Apn_AmiClient_ServerConfig_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS);

	zval property_key_default_value;
	ZVAL_UNDEF(&property_key_default_value);
	zend_string *property_key_name = zend_string_init("key", sizeof("key") - 1, 1);
	zend_declare_typed_property(class_entry, property_key_name, &property_key_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_key_name);

	zval property_host_default_value;
	ZVAL_UNDEF(&property_host_default_value);
	zend_string *property_host_name = zend_string_init("host", sizeof("host") - 1, 1);
	zend_declare_typed_property(class_entry, property_host_name, &property_host_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_host_name);

	zval property_port_default_value;
	ZVAL_UNDEF(&property_port_default_value);
	zend_string *property_port_name = zend_string_init("port", sizeof("port") - 1, 1);
	zend_declare_typed_property(class_entry, property_port_name, &property_port_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_port_name);

	zval property_username_default_value;
	ZVAL_UNDEF(&property_username_default_value);
	zend_string *property_username_name = zend_string_init("username", sizeof("username") - 1, 1);
	zend_declare_typed_property(class_entry, property_username_name, &property_username_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_username_name);

	zval property_options_default_value;
	ZVAL_UNDEF(&property_options_default_value);
	zend_string *property_options_name = zend_string_init("options", sizeof("options") - 1, 1);
	zend_string *property_options_class_Apn_AmiClient_ClientOptions = zend_string_init("Apn\\AmiClient\\ClientOptions", sizeof("Apn\\AmiClient\\ClientOptions")-1, 1);
	zend_declare_typed_property(class_entry, property_options_name, &property_options_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_options_class_Apn_AmiClient_ClientOptions, 0, MAY_BE_NULL));
	zend_string_release(property_options_name);

	zval property_tls_default_value;
	ZVAL_UNDEF(&property_tls_default_value);
	zend_string *property_tls_name = zend_string_init("tls", sizeof("tls") - 1, 1);
	zend_string *property_tls_class_Apn_AmiClient_TlsOptions = zend_string_init("Apn\\AmiClient\\TlsOptions", sizeof("Apn\\AmiClient\\TlsOptions")-1, 1);
	zend_declare_typed_property(class_entry, property_tls_name, &property_tls_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_tls_class_Apn_AmiClient_TlsOptions, 0, MAY_BE_NULL));
	zend_string_release(property_tls_name);

	zval property_auth_default_value;
	ZVAL_UNDEF(&property_auth_default_value);
	zend_string *property_auth_name = zend_string_init("auth", sizeof("auth") - 1, 1);
	zend_string *property_auth_class_Apn_AmiClient_AuthMethod = zend_string_init("Apn\\AmiClient\\AuthMethod", sizeof("Apn\\AmiClient\\AuthMethod")-1, 1);
	zend_declare_typed_property(class_entry, property_auth_name, &property_auth_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_auth_class_Apn_AmiClient_AuthMethod, 0, 0));
	zend_string_release(property_auth_name);

	zval property_eventMask_default_value;
	ZVAL_UNDEF(&property_eventMask_default_value);
	zend_string *property_eventMask_name = zend_string_init("eventMask", sizeof("eventMask") - 1, 1);
	zend_declare_typed_property(class_entry, property_eventMask_name, &property_eventMask_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_eventMask_name);


	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "__construct", sizeof("__construct") - 1), 4, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "fromarray", sizeof("fromarray") - 1), 1, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_TlsOptions(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "TlsOptions", class_Apn_AmiClient_TlsOptions_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS);

	zval property_caFile_default_value;
	ZVAL_UNDEF(&property_caFile_default_value);
	zend_string *property_caFile_name = zend_string_init("caFile", sizeof("caFile") - 1, 1);
	zend_declare_typed_property(class_entry, property_caFile_name, &property_caFile_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_caFile_name);

	zval property_serverName_default_value;
	ZVAL_UNDEF(&property_serverName_default_value);
	zend_string *property_serverName_name = zend_string_init("serverName", sizeof("serverName") - 1, 1);
	zend_declare_typed_property(class_entry, property_serverName_name, &property_serverName_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_serverName_name);

	zval property_verifyPeer_default_value;
	ZVAL_UNDEF(&property_verifyPeer_default_value);
	zend_string *property_verifyPeer_name = zend_string_init("verifyPeer", sizeof("verifyPeer") - 1, 1);
	zend_declare_typed_property(class_entry, property_verifyPeer_name, &property_verifyPeer_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_BOOL));
	zend_string_release(property_verifyPeer_name);

	zval property_certFile_default_value;
	ZVAL_UNDEF(&property_certFile_default_value);
	zend_string *property_certFile_name = zend_string_init("certFile", sizeof("certFile") - 1, 1);
	zend_declare_typed_property(class_entry, property_certFile_name, &property_certFile_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_certFile_name);

	zval property_keyFile_default_value;
	ZVAL_UNDEF(&property_keyFile_default_value);
	zend_string *property_keyFile_name = zend_string_init("keyFile", sizeof("keyFile") - 1, 1);
	zend_declare_typed_property(class_entry, property_keyFile_name, &property_keyFile_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_keyFile_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_ServerRegistry(zend_class_entry *class_entry_Countable, zend_class_entry *class_entry_IteratorAggregate)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "ServerRegistry", class_Apn_AmiClient_ServerRegistry_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
	zend_class_implements(class_entry, 2, class_entry_Countable, class_entry_IteratorAggregate);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_ClientOptions(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "ClientOptions", class_Apn_AmiClient_ClientOptions_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS);

	zval property_connectTimeout_default_value;
	ZVAL_UNDEF(&property_connectTimeout_default_value);
	zend_string *property_connectTimeout_name = zend_string_init("connectTimeout", sizeof("connectTimeout") - 1, 1);
	zend_declare_typed_property(class_entry, property_connectTimeout_name, &property_connectTimeout_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_connectTimeout_name);

	zval property_loginTimeout_default_value;
	ZVAL_UNDEF(&property_loginTimeout_default_value);
	zend_string *property_loginTimeout_name = zend_string_init("loginTimeout", sizeof("loginTimeout") - 1, 1);
	zend_declare_typed_property(class_entry, property_loginTimeout_name, &property_loginTimeout_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_loginTimeout_name);

	zval property_readTimeout_default_value;
	ZVAL_UNDEF(&property_readTimeout_default_value);
	zend_string *property_readTimeout_name = zend_string_init("readTimeout", sizeof("readTimeout") - 1, 1);
	zend_declare_typed_property(class_entry, property_readTimeout_name, &property_readTimeout_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_readTimeout_name);

	zval property_heartbeatInterval_default_value;
	ZVAL_UNDEF(&property_heartbeatInterval_default_value);
	zend_string *property_heartbeatInterval_name = zend_string_init("heartbeatInterval", sizeof("heartbeatInterval") - 1, 1);
	zend_declare_typed_property(class_entry, property_heartbeatInterval_name, &property_heartbeatInterval_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_heartbeatInterval_name);

	zval property_actionTimeout_default_value;
	ZVAL_UNDEF(&property_actionTimeout_default_value);
	zend_string *property_actionTimeout_name = zend_string_init("actionTimeout", sizeof("actionTimeout") - 1, 1);
	zend_declare_typed_property(class_entry, property_actionTimeout_name, &property_actionTimeout_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_actionTimeout_name);

	zval property_reconnectMinDelay_default_value;
	ZVAL_UNDEF(&property_reconnectMinDelay_default_value);
	zend_string *property_reconnectMinDelay_name = zend_string_init("reconnectMinDelay", sizeof("reconnectMinDelay") - 1, 1);
	zend_declare_typed_property(class_entry, property_reconnectMinDelay_name, &property_reconnectMinDelay_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_reconnectMinDelay_name);

	zval property_reconnectMaxDelay_default_value;
	ZVAL_UNDEF(&property_reconnectMaxDelay_default_value);
	zend_string *property_reconnectMaxDelay_name = zend_string_init("reconnectMaxDelay", sizeof("reconnectMaxDelay") - 1, 1);
	zend_declare_typed_property(class_entry, property_reconnectMaxDelay_name, &property_reconnectMaxDelay_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_reconnectMaxDelay_name);

	zval property_circuitFailureThreshold_default_value;
	ZVAL_UNDEF(&property_circuitFailureThreshold_default_value);
	zend_string *property_circuitFailureThreshold_name = zend_string_init("circuitFailureThreshold", sizeof("circuitFailureThreshold") - 1, 1);
	zend_declare_typed_property(class_entry, property_circuitFailureThreshold_name, &property_circuitFailureThreshold_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_circuitFailureThreshold_name);

	zval property_circuitCooldown_default_value;
	ZVAL_UNDEF(&property_circuitCooldown_default_value);
	zend_string *property_circuitCooldown_name = zend_string_init("circuitCooldown", sizeof("circuitCooldown") - 1, 1);
	zend_declare_typed_property(class_entry, property_circuitCooldown_name, &property_circuitCooldown_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_circuitCooldown_name);

	zval property_circuitHalfOpenMaxProbes_default_value;
	ZVAL_UNDEF(&property_circuitHalfOpenMaxProbes_default_value);
	zend_string *property_circuitHalfOpenMaxProbes_name = zend_string_init("circuitHalfOpenMaxProbes", sizeof("circuitHalfOpenMaxProbes") - 1, 1);
	zend_declare_typed_property(class_entry, property_circuitHalfOpenMaxProbes_name, &property_circuitHalfOpenMaxProbes_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_circuitHalfOpenMaxProbes_name);

	zval property_writeBufferLimit_default_value;
	ZVAL_UNDEF(&property_writeBufferLimit_default_value);
	zend_string *property_writeBufferLimit_name = zend_string_init("writeBufferLimit", sizeof("writeBufferLimit") - 1, 1);
	zend_declare_typed_property(class_entry, property_writeBufferLimit_name, &property_writeBufferLimit_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_writeBufferLimit_name);

	zval property_maxPendingActions_default_value;
	ZVAL_UNDEF(&property_maxPendingActions_default_value);
	zend_string *property_maxPendingActions_name = zend_string_init("maxPendingActions", sizeof("maxPendingActions") - 1, 1);
	zend_declare_typed_property(class_entry, property_maxPendingActions_name, &property_maxPendingActions_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_maxPendingActions_name);

	zval property_maxActionBytes_default_value;
	ZVAL_UNDEF(&property_maxActionBytes_default_value);
	zend_string *property_maxActionBytes_name = zend_string_init("maxActionBytes", sizeof("maxActionBytes") - 1, 1);
	zend_declare_typed_property(class_entry, property_maxActionBytes_name, &property_maxActionBytes_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_maxActionBytes_name);

	zval property_eventQueueCapacity_default_value;
	ZVAL_UNDEF(&property_eventQueueCapacity_default_value);
	zend_string *property_eventQueueCapacity_name = zend_string_init("eventQueueCapacity", sizeof("eventQueueCapacity") - 1, 1);
	zend_declare_typed_property(class_entry, property_eventQueueCapacity_name, &property_eventQueueCapacity_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_eventQueueCapacity_name);

	zval property_eventQueueBytes_default_value;
	ZVAL_UNDEF(&property_eventQueueBytes_default_value);
	zend_string *property_eventQueueBytes_name = zend_string_init("eventQueueBytes", sizeof("eventQueueBytes") - 1, 1);
	zend_declare_typed_property(class_entry, property_eventQueueBytes_name, &property_eventQueueBytes_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_eventQueueBytes_name);

	zval property_dropPolicy_default_value;
	ZVAL_UNDEF(&property_dropPolicy_default_value);
	zend_string *property_dropPolicy_name = zend_string_init("dropPolicy", sizeof("dropPolicy") - 1, 1);
	zend_string *property_dropPolicy_class_Apn_AmiClient_DropPolicy = zend_string_init("Apn\\AmiClient\\DropPolicy", sizeof("Apn\\AmiClient\\DropPolicy")-1, 1);
	zend_declare_typed_property(class_entry, property_dropPolicy_name, &property_dropPolicy_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_dropPolicy_class_Apn_AmiClient_DropPolicy, 0, 0));
	zend_string_release(property_dropPolicy_name);

	zval property_protectedEvents_default_value;
	ZVAL_UNDEF(&property_protectedEvents_default_value);
	zend_string *property_protectedEvents_name = zend_string_init("protectedEvents", sizeof("protectedEvents") - 1, 1);
	zend_declare_typed_property(class_entry, property_protectedEvents_name, &property_protectedEvents_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ARRAY));
	zend_string_release(property_protectedEvents_name);

	zval property_maxFrameSize_default_value;
	ZVAL_UNDEF(&property_maxFrameSize_default_value);
	zend_string *property_maxFrameSize_name = zend_string_init("maxFrameSize", sizeof("maxFrameSize") - 1, 1);
	zend_declare_typed_property(class_entry, property_maxFrameSize_name, &property_maxFrameSize_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_maxFrameSize_name);

	zval property_maxBytesReadPerTick_default_value;
	ZVAL_UNDEF(&property_maxBytesReadPerTick_default_value);
	zend_string *property_maxBytesReadPerTick_name = zend_string_init("maxBytesReadPerTick", sizeof("maxBytesReadPerTick") - 1, 1);
	zend_declare_typed_property(class_entry, property_maxBytesReadPerTick_name, &property_maxBytesReadPerTick_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_maxBytesReadPerTick_name);

	zval property_maxFramesPerTick_default_value;
	ZVAL_UNDEF(&property_maxFramesPerTick_default_value);
	zend_string *property_maxFramesPerTick_name = zend_string_init("maxFramesPerTick", sizeof("maxFramesPerTick") - 1, 1);
	zend_declare_typed_property(class_entry, property_maxFramesPerTick_name, &property_maxFramesPerTick_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_maxFramesPerTick_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_ClusterOptions(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "ClusterOptions", class_Apn_AmiClient_ClusterOptions_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS);

	zval property_maxEventsPerTick_default_value;
	ZVAL_UNDEF(&property_maxEventsPerTick_default_value);
	zend_string *property_maxEventsPerTick_name = zend_string_init("maxEventsPerTick", sizeof("maxEventsPerTick") - 1, 1);
	zend_declare_typed_property(class_entry, property_maxEventsPerTick_name, &property_maxEventsPerTick_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_maxEventsPerTick_name);

	zval property_maxConnectAttemptsPerTick_default_value;
	ZVAL_UNDEF(&property_maxConnectAttemptsPerTick_default_value);
	zend_string *property_maxConnectAttemptsPerTick_name = zend_string_init("maxConnectAttemptsPerTick", sizeof("maxConnectAttemptsPerTick") - 1, 1);
	zend_declare_typed_property(class_entry, property_maxConnectAttemptsPerTick_name, &property_maxConnectAttemptsPerTick_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_maxConnectAttemptsPerTick_name);

	zval property_maxConnectAttemptsPerSecond_default_value;
	ZVAL_UNDEF(&property_maxConnectAttemptsPerSecond_default_value);
	zend_string *property_maxConnectAttemptsPerSecond_name = zend_string_init("maxConnectAttemptsPerSecond", sizeof("maxConnectAttemptsPerSecond") - 1, 1);
	zend_declare_typed_property(class_entry, property_maxConnectAttemptsPerSecond_name, &property_maxConnectAttemptsPerSecond_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_maxConnectAttemptsPerSecond_name);

	zval property_stallGuardMs_default_value;
	ZVAL_UNDEF(&property_stallGuardMs_default_value);
	zend_string *property_stallGuardMs_name = zend_string_init("stallGuardMs", sizeof("stallGuardMs") - 1, 1);
	zend_declare_typed_property(class_entry, property_stallGuardMs_name, &property_stallGuardMs_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_stallGuardMs_name);

	zval property_eventDropLogIntervalMs_default_value;
	ZVAL_UNDEF(&property_eventDropLogIntervalMs_default_value);
	zend_string *property_eventDropLogIntervalMs_name = zend_string_init("eventDropLogIntervalMs", sizeof("eventDropLogIntervalMs") - 1, 1);
	zend_declare_typed_property(class_entry, property_eventDropLogIntervalMs_name, &property_eventDropLogIntervalMs_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_eventDropLogIntervalMs_name);

	zval property_enforceIpEndpoints_default_value;
	ZVAL_UNDEF(&property_enforceIpEndpoints_default_value);
	zend_string *property_enforceIpEndpoints_name = zend_string_init("enforceIpEndpoints", sizeof("enforceIpEndpoints") - 1, 1);
	zend_declare_typed_property(class_entry, property_enforceIpEndpoints_name, &property_enforceIpEndpoints_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_BOOL));
	zend_string_release(property_enforceIpEndpoints_name);

	zval property_redactionKeys_default_value;
	ZVAL_UNDEF(&property_redactionKeys_default_value);
	zend_string *property_redactionKeys_name = zend_string_init("redactionKeys", sizeof("redactionKeys") - 1, 1);
	zend_declare_typed_property(class_entry, property_redactionKeys_name, &property_redactionKeys_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ARRAY));
	zend_string_release(property_redactionKeys_name);

	zval property_logLevel_default_value;
	ZVAL_UNDEF(&property_logLevel_default_value);
	zend_string *property_logLevel_name = zend_string_init("logLevel", sizeof("logLevel") - 1, 1);
	zend_declare_typed_property(class_entry, property_logLevel_name, &property_logLevel_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_logLevel_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Action(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "Action", class_Apn_AmiClient_Action_methods);
	class_entry = zend_register_internal_interface(&ce);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_GenericAction(zend_class_entry *class_entry_Apn_AmiClient_Action)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "GenericAction", class_Apn_AmiClient_GenericAction_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_READONLY_CLASS);
	zend_class_implements(class_entry, 1, class_entry_Apn_AmiClient_Action);

	zval property_name_default_value;
	ZVAL_UNDEF(&property_name_default_value);
	zend_string *property_name_name = zend_string_init("name", sizeof("name") - 1, 1);
	zend_declare_typed_property(class_entry, property_name_name, &property_name_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_name_name);

	zval property_parameters_default_value;
	ZVAL_UNDEF(&property_parameters_default_value);
	zend_string *property_parameters_name = zend_string_init("parameters", sizeof("parameters") - 1, 1);
	zend_declare_typed_property(class_entry, property_parameters_name, &property_parameters_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ARRAY));
	zend_string_release(property_parameters_name);

	zval property_strategy_default_value;
	ZVAL_UNDEF(&property_strategy_default_value);
	zend_string *property_strategy_name = zend_string_init("strategy", sizeof("strategy") - 1, 1);
	zend_string *property_strategy_class_Apn_AmiClient_CompletionStrategy = zend_string_init("Apn\\AmiClient\\CompletionStrategy", sizeof("Apn\\AmiClient\\CompletionStrategy")-1, 1);
	zend_declare_typed_property(class_entry, property_strategy_name, &property_strategy_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_strategy_class_Apn_AmiClient_CompletionStrategy, 0, MAY_BE_NULL));
	zend_string_release(property_strategy_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_CompletionStrategy(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "CompletionStrategy", class_Apn_AmiClient_CompletionStrategy_methods);
	class_entry = zend_register_internal_interface(&ce);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_SingleResponseStrategy(zend_class_entry *class_entry_Apn_AmiClient_CompletionStrategy)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "SingleResponseStrategy", class_Apn_AmiClient_SingleResponseStrategy_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_READONLY_CLASS);
	zend_class_implements(class_entry, 1, class_entry_Apn_AmiClient_CompletionStrategy);

	zval property_maxDurationMs_default_value;
	ZVAL_UNDEF(&property_maxDurationMs_default_value);
	zend_string *property_maxDurationMs_name = zend_string_init("maxDurationMs", sizeof("maxDurationMs") - 1, 1);
	zend_declare_typed_property(class_entry, property_maxDurationMs_name, &property_maxDurationMs_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG|MAY_BE_NULL));
	zend_string_release(property_maxDurationMs_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_MultiEventStrategy(zend_class_entry *class_entry_Apn_AmiClient_CompletionStrategy)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "MultiEventStrategy", class_Apn_AmiClient_MultiEventStrategy_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_READONLY_CLASS);
	zend_class_implements(class_entry, 1, class_entry_Apn_AmiClient_CompletionStrategy);

	zval property_terminalEventNames_default_value;
	ZVAL_UNDEF(&property_terminalEventNames_default_value);
	zend_string *property_terminalEventNames_name = zend_string_init("terminalEventNames", sizeof("terminalEventNames") - 1, 1);
	zend_declare_typed_property(class_entry, property_terminalEventNames_name, &property_terminalEventNames_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ARRAY));
	zend_string_release(property_terminalEventNames_name);

	zval property_maxDurationMs_default_value;
	ZVAL_UNDEF(&property_maxDurationMs_default_value);
	zend_string *property_maxDurationMs_name = zend_string_init("maxDurationMs", sizeof("maxDurationMs") - 1, 1);
	zend_declare_typed_property(class_entry, property_maxDurationMs_name, &property_maxDurationMs_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG|MAY_BE_NULL));
	zend_string_release(property_maxDurationMs_name);

	zval property_maxMessages_default_value;
	ZVAL_UNDEF(&property_maxMessages_default_value);
	zend_string *property_maxMessages_name = zend_string_init("maxMessages", sizeof("maxMessages") - 1, 1);
	zend_declare_typed_property(class_entry, property_maxMessages_name, &property_maxMessages_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG|MAY_BE_NULL));
	zend_string_release(property_maxMessages_name);

	zval property_timeoutBehavior_default_value;
	ZVAL_UNDEF(&property_timeoutBehavior_default_value);
	zend_string *property_timeoutBehavior_name = zend_string_init("timeoutBehavior", sizeof("timeoutBehavior") - 1, 1);
	zend_string *property_timeoutBehavior_class_Apn_AmiClient_TimeoutBehavior = zend_string_init("Apn\\AmiClient\\TimeoutBehavior", sizeof("Apn\\AmiClient\\TimeoutBehavior")-1, 1);
	zend_declare_typed_property(class_entry, property_timeoutBehavior_name, &property_timeoutBehavior_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_timeoutBehavior_class_Apn_AmiClient_TimeoutBehavior, 0, 0));
	zend_string_release(property_timeoutBehavior_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_FollowsResponseStrategy(zend_class_entry *class_entry_Apn_AmiClient_CompletionStrategy)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "FollowsResponseStrategy", class_Apn_AmiClient_FollowsResponseStrategy_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_READONLY_CLASS);
	zend_class_implements(class_entry, 1, class_entry_Apn_AmiClient_CompletionStrategy);

	zval property_maxDurationMs_default_value;
	ZVAL_UNDEF(&property_maxDurationMs_default_value);
	zend_string *property_maxDurationMs_name = zend_string_init("maxDurationMs", sizeof("maxDurationMs") - 1, 1);
	zend_declare_typed_property(class_entry, property_maxDurationMs_name, &property_maxDurationMs_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG|MAY_BE_NULL));
	zend_string_release(property_maxDurationMs_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_AsyncEventStrategy(zend_class_entry *class_entry_Apn_AmiClient_CompletionStrategy)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "AsyncEventStrategy", class_Apn_AmiClient_AsyncEventStrategy_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_READONLY_CLASS);
	zend_class_implements(class_entry, 1, class_entry_Apn_AmiClient_CompletionStrategy);

	zval property_terminalEventNames_default_value;
	ZVAL_UNDEF(&property_terminalEventNames_default_value);
	zend_string *property_terminalEventNames_name = zend_string_init("terminalEventNames", sizeof("terminalEventNames") - 1, 1);
	zend_declare_typed_property(class_entry, property_terminalEventNames_name, &property_terminalEventNames_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ARRAY));
	zend_string_release(property_terminalEventNames_name);

	zval property_maxDurationMs_default_value;
	ZVAL_UNDEF(&property_maxDurationMs_default_value);
	zend_string *property_maxDurationMs_name = zend_string_init("maxDurationMs", sizeof("maxDurationMs") - 1, 1);
	zend_declare_typed_property(class_entry, property_maxDurationMs_name, &property_maxDurationMs_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG|MAY_BE_NULL));
	zend_string_release(property_maxDurationMs_name);

	zval property_maxMessages_default_value;
	ZVAL_UNDEF(&property_maxMessages_default_value);
	zend_string *property_maxMessages_name = zend_string_init("maxMessages", sizeof("maxMessages") - 1, 1);
	zend_declare_typed_property(class_entry, property_maxMessages_name, &property_maxMessages_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG|MAY_BE_NULL));
	zend_string_release(property_maxMessages_name);

	zval property_timeoutBehavior_default_value;
	ZVAL_UNDEF(&property_timeoutBehavior_default_value);
	zend_string *property_timeoutBehavior_name = zend_string_init("timeoutBehavior", sizeof("timeoutBehavior") - 1, 1);
	zend_string *property_timeoutBehavior_class_Apn_AmiClient_TimeoutBehavior = zend_string_init("Apn\\AmiClient\\TimeoutBehavior", sizeof("Apn\\AmiClient\\TimeoutBehavior")-1, 1);
	zend_declare_typed_property(class_entry, property_timeoutBehavior_name, &property_timeoutBehavior_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_timeoutBehavior_class_Apn_AmiClient_TimeoutBehavior, 0, 0));
	zend_string_release(property_timeoutBehavior_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Pending(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "Pending", class_Apn_AmiClient_Pending_methods);
	class_entry = zend_register_internal_interface(&ce);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_PendingAction(zend_class_entry *class_entry_Apn_AmiClient_Pending)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "PendingAction", class_Apn_AmiClient_PendingAction_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
	zend_class_implements(class_entry, 1, class_entry_Apn_AmiClient_Pending);

	zval property_actionId_default_value;
	ZVAL_UNDEF(&property_actionId_default_value);
	zend_string *property_actionId_name = zend_string_init("actionId", sizeof("actionId") - 1, 1);
	zend_declare_typed_property(class_entry, property_actionId_name, &property_actionId_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_actionId_name);

	zval property_serverKey_default_value;
	ZVAL_UNDEF(&property_serverKey_default_value);
	zend_string *property_serverKey_name = zend_string_init("serverKey", sizeof("serverKey") - 1, 1);
	zend_declare_typed_property(class_entry, property_serverKey_name, &property_serverKey_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_serverKey_name);

	zval property_action_default_value;
	ZVAL_UNDEF(&property_action_default_value);
	zend_string *property_action_name = zend_string_init("action", sizeof("action") - 1, 1);
	zend_string *property_action_class_Apn_AmiClient_Action = zend_string_init("Apn\\AmiClient\\Action", sizeof("Apn\\AmiClient\\Action")-1, 1);
	zend_declare_typed_property(class_entry, property_action_name, &property_action_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_action_class_Apn_AmiClient_Action, 0, 0));
	zend_string_release(property_action_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_ActionSender(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "ActionSender", class_Apn_AmiClient_ActionSender_methods);
	class_entry = zend_register_internal_interface(&ce);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Glob(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "Glob", class_Apn_AmiClient_Glob_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS);

	zval property_pattern_default_value;
	ZVAL_UNDEF(&property_pattern_default_value);
	zend_string *property_pattern_name = zend_string_init("pattern", sizeof("pattern") - 1, 1);
	zend_declare_typed_property(class_entry, property_pattern_name, &property_pattern_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_pattern_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Subscription(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "Subscription", class_Apn_AmiClient_Subscription_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Gap(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "Gap", class_Apn_AmiClient_Gap_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_READONLY_CLASS);

	zval property_serverKey_default_value;
	ZVAL_UNDEF(&property_serverKey_default_value);
	zend_string *property_serverKey_name = zend_string_init("serverKey", sizeof("serverKey") - 1, 1);
	zend_declare_typed_property(class_entry, property_serverKey_name, &property_serverKey_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_serverKey_name);

	zval property_from_default_value;
	ZVAL_UNDEF(&property_from_default_value);
	zend_string *property_from_name = zend_string_init("from", sizeof("from") - 1, 1);
	zend_declare_typed_property(class_entry, property_from_name, &property_from_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_from_name);

	zval property_to_default_value;
	ZVAL_UNDEF(&property_to_default_value);
	zend_string *property_to_name = zend_string_init("to", sizeof("to") - 1, 1);
	zend_declare_typed_property(class_entry, property_to_name, &property_to_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_to_name);

	zval property_reason_default_value;
	ZVAL_UNDEF(&property_reason_default_value);
	zend_string *property_reason_name = zend_string_init("reason", sizeof("reason") - 1, 1);
	zend_string *property_reason_class_Apn_AmiClient_DisconnectReason = zend_string_init("Apn\\AmiClient\\DisconnectReason", sizeof("Apn\\AmiClient\\DisconnectReason")-1, 1);
	zend_declare_typed_property(class_entry, property_reason_name, &property_reason_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_reason_class_Apn_AmiClient_DisconnectReason, 0, MAY_BE_NULL));
	zend_string_release(property_reason_name);

	zval property_dropped_default_value;
	ZVAL_UNDEF(&property_dropped_default_value);
	zend_string *property_dropped_name = zend_string_init("dropped", sizeof("dropped") - 1, 1);
	zend_declare_typed_property(class_entry, property_dropped_name, &property_dropped_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_dropped_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Message(zend_class_entry *class_entry_ArrayAccess, zend_class_entry *class_entry_Countable, zend_class_entry *class_entry_IteratorAggregate, zend_class_entry *class_entry_JsonSerializable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "Message", class_Apn_AmiClient_Message_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_ABSTRACT|ZEND_ACC_NO_DYNAMIC_PROPERTIES);
	zend_class_implements(class_entry, 4, class_entry_ArrayAccess, class_entry_Countable, class_entry_IteratorAggregate, class_entry_JsonSerializable);

	zval property_serverKey_default_value;
	ZVAL_UNDEF(&property_serverKey_default_value);
	zend_string *property_serverKey_name = zend_string_init("serverKey", sizeof("serverKey") - 1, 1);
	zend_declare_typed_property(class_entry, property_serverKey_name, &property_serverKey_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_serverKey_name);

	zval property_sequence_default_value;
	ZVAL_UNDEF(&property_sequence_default_value);
	zend_string *property_sequence_name = zend_string_init("sequence", sizeof("sequence") - 1, 1);
	zend_declare_typed_property(class_entry, property_sequence_name, &property_sequence_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_sequence_name);

	zval property_session_default_value;
	ZVAL_UNDEF(&property_session_default_value);
	zend_string *property_session_name = zend_string_init("session", sizeof("session") - 1, 1);
	zend_declare_typed_property(class_entry, property_session_name, &property_session_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_session_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_AmiEvent(zend_class_entry *class_entry_Apn_AmiClient_Message)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "AmiEvent", class_Apn_AmiClient_AmiEvent_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_Apn_AmiClient_Message, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES);

	zval property_name_default_value;
	ZVAL_UNDEF(&property_name_default_value);
	zend_string *property_name_name = zend_string_init("name", sizeof("name") - 1, 1);
	zend_declare_typed_property(class_entry, property_name_name, &property_name_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_name_name);

	zval property_receivedAt_default_value;
	ZVAL_UNDEF(&property_receivedAt_default_value);
	zend_string *property_receivedAt_name = zend_string_init("receivedAt", sizeof("receivedAt") - 1, 1);
	zend_declare_typed_property(class_entry, property_receivedAt_name, &property_receivedAt_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_receivedAt_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Response(zend_class_entry *class_entry_Apn_AmiClient_Message)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "Response", class_Apn_AmiClient_Response_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_Apn_AmiClient_Message, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES);

	zval property_success_default_value;
	ZVAL_UNDEF(&property_success_default_value);
	zend_string *property_success_name = zend_string_init("success", sizeof("success") - 1, 1);
	zend_declare_typed_property(class_entry, property_success_name, &property_success_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_BOOL));
	zend_string_release(property_success_name);

	zval property_partial_default_value;
	ZVAL_UNDEF(&property_partial_default_value);
	zend_string *property_partial_name = zend_string_init("partial", sizeof("partial") - 1, 1);
	zend_declare_typed_property(class_entry, property_partial_name, &property_partial_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_BOOL));
	zend_string_release(property_partial_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_TickSummary(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "TickSummary", class_Apn_AmiClient_TickSummary_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS);

	zval property_bytesRead_default_value;
	ZVAL_UNDEF(&property_bytesRead_default_value);
	zend_string *property_bytesRead_name = zend_string_init("bytesRead", sizeof("bytesRead") - 1, 1);
	zend_declare_typed_property(class_entry, property_bytesRead_name, &property_bytesRead_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_bytesRead_name);

	zval property_bytesWritten_default_value;
	ZVAL_UNDEF(&property_bytesWritten_default_value);
	zend_string *property_bytesWritten_name = zend_string_init("bytesWritten", sizeof("bytesWritten") - 1, 1);
	zend_declare_typed_property(class_entry, property_bytesWritten_name, &property_bytesWritten_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_bytesWritten_name);

	zval property_framesParsed_default_value;
	ZVAL_UNDEF(&property_framesParsed_default_value);
	zend_string *property_framesParsed_name = zend_string_init("framesParsed", sizeof("framesParsed") - 1, 1);
	zend_declare_typed_property(class_entry, property_framesParsed_name, &property_framesParsed_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_framesParsed_name);

	zval property_eventsDispatched_default_value;
	ZVAL_UNDEF(&property_eventsDispatched_default_value);
	zend_string *property_eventsDispatched_name = zend_string_init("eventsDispatched", sizeof("eventsDispatched") - 1, 1);
	zend_declare_typed_property(class_entry, property_eventsDispatched_name, &property_eventsDispatched_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_eventsDispatched_name);

	zval property_eventsDropped_default_value;
	ZVAL_UNDEF(&property_eventsDropped_default_value);
	zend_string *property_eventsDropped_name = zend_string_init("eventsDropped", sizeof("eventsDropped") - 1, 1);
	zend_declare_typed_property(class_entry, property_eventsDropped_name, &property_eventsDropped_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_eventsDropped_name);

	zval property_actionsCompleted_default_value;
	ZVAL_UNDEF(&property_actionsCompleted_default_value);
	zend_string *property_actionsCompleted_name = zend_string_init("actionsCompleted", sizeof("actionsCompleted") - 1, 1);
	zend_declare_typed_property(class_entry, property_actionsCompleted_name, &property_actionsCompleted_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_actionsCompleted_name);

	zval property_stateTransitions_default_value;
	ZVAL_UNDEF(&property_stateTransitions_default_value);
	zend_string *property_stateTransitions_name = zend_string_init("stateTransitions", sizeof("stateTransitions") - 1, 1);
	zend_declare_typed_property(class_entry, property_stateTransitions_name, &property_stateTransitions_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_stateTransitions_name);

	zval property_connectAttempts_default_value;
	ZVAL_UNDEF(&property_connectAttempts_default_value);
	zend_string *property_connectAttempts_name = zend_string_init("connectAttempts", sizeof("connectAttempts") - 1, 1);
	zend_declare_typed_property(class_entry, property_connectAttempts_name, &property_connectAttempts_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_connectAttempts_name);

	zval property_more_default_value;
	ZVAL_UNDEF(&property_more_default_value);
	zend_string *property_more_name = zend_string_init("more", sizeof("more") - 1, 1);
	zend_declare_typed_property(class_entry, property_more_name, &property_more_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_BOOL));
	zend_string_release(property_more_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_ServerHealth(zend_class_entry *class_entry_JsonSerializable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "ServerHealth", class_Apn_AmiClient_ServerHealth_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE|ZEND_ACC_READONLY_CLASS);
	zend_class_implements(class_entry, 1, class_entry_JsonSerializable);

	zval property_serverKey_default_value;
	ZVAL_UNDEF(&property_serverKey_default_value);
	zend_string *property_serverKey_name = zend_string_init("serverKey", sizeof("serverKey") - 1, 1);
	zend_declare_typed_property(class_entry, property_serverKey_name, &property_serverKey_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_serverKey_name);

	zval property_state_default_value;
	ZVAL_UNDEF(&property_state_default_value);
	zend_string *property_state_name = zend_string_init("state", sizeof("state") - 1, 1);
	zend_string *property_state_class_Apn_AmiClient_ConnectionState = zend_string_init("Apn\\AmiClient\\ConnectionState", sizeof("Apn\\AmiClient\\ConnectionState")-1, 1);
	zend_declare_typed_property(class_entry, property_state_name, &property_state_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_state_class_Apn_AmiClient_ConnectionState, 0, 0));
	zend_string_release(property_state_name);

	zval property_circuit_default_value;
	ZVAL_UNDEF(&property_circuit_default_value);
	zend_string *property_circuit_name = zend_string_init("circuit", sizeof("circuit") - 1, 1);
	zend_string *property_circuit_class_Apn_AmiClient_CircuitState = zend_string_init("Apn\\AmiClient\\CircuitState", sizeof("Apn\\AmiClient\\CircuitState")-1, 1);
	zend_declare_typed_property(class_entry, property_circuit_name, &property_circuit_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_circuit_class_Apn_AmiClient_CircuitState, 0, 0));
	zend_string_release(property_circuit_name);

	zval property_lastDisconnect_default_value;
	ZVAL_UNDEF(&property_lastDisconnect_default_value);
	zend_string *property_lastDisconnect_name = zend_string_init("lastDisconnect", sizeof("lastDisconnect") - 1, 1);
	zend_string *property_lastDisconnect_class_Apn_AmiClient_DisconnectReason = zend_string_init("Apn\\AmiClient\\DisconnectReason", sizeof("Apn\\AmiClient\\DisconnectReason")-1, 1);
	zend_declare_typed_property(class_entry, property_lastDisconnect_name, &property_lastDisconnect_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_lastDisconnect_class_Apn_AmiClient_DisconnectReason, 0, MAY_BE_NULL));
	zend_string_release(property_lastDisconnect_name);

	zval property_attempt_default_value;
	ZVAL_UNDEF(&property_attempt_default_value);
	zend_string *property_attempt_name = zend_string_init("attempt", sizeof("attempt") - 1, 1);
	zend_declare_typed_property(class_entry, property_attempt_name, &property_attempt_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_attempt_name);

	zval property_nextRetryAt_default_value;
	ZVAL_UNDEF(&property_nextRetryAt_default_value);
	zend_string *property_nextRetryAt_name = zend_string_init("nextRetryAt", sizeof("nextRetryAt") - 1, 1);
	zend_declare_typed_property(class_entry, property_nextRetryAt_name, &property_nextRetryAt_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE|MAY_BE_NULL));
	zend_string_release(property_nextRetryAt_name);

	zval property_pendingActions_default_value;
	ZVAL_UNDEF(&property_pendingActions_default_value);
	zend_string *property_pendingActions_name = zend_string_init("pendingActions", sizeof("pendingActions") - 1, 1);
	zend_declare_typed_property(class_entry, property_pendingActions_name, &property_pendingActions_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_pendingActions_name);

	zval property_queueDepth_default_value;
	ZVAL_UNDEF(&property_queueDepth_default_value);
	zend_string *property_queueDepth_name = zend_string_init("queueDepth", sizeof("queueDepth") - 1, 1);
	zend_declare_typed_property(class_entry, property_queueDepth_name, &property_queueDepth_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_queueDepth_name);

	zval property_queueBytes_default_value;
	ZVAL_UNDEF(&property_queueBytes_default_value);
	zend_string *property_queueBytes_name = zend_string_init("queueBytes", sizeof("queueBytes") - 1, 1);
	zend_declare_typed_property(class_entry, property_queueBytes_name, &property_queueBytes_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_queueBytes_name);

	zval property_eventsReceived_default_value;
	ZVAL_UNDEF(&property_eventsReceived_default_value);
	zend_string *property_eventsReceived_name = zend_string_init("eventsReceived", sizeof("eventsReceived") - 1, 1);
	zend_declare_typed_property(class_entry, property_eventsReceived_name, &property_eventsReceived_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_eventsReceived_name);

	zval property_eventsFiltered_default_value;
	ZVAL_UNDEF(&property_eventsFiltered_default_value);
	zend_string *property_eventsFiltered_name = zend_string_init("eventsFiltered", sizeof("eventsFiltered") - 1, 1);
	zend_declare_typed_property(class_entry, property_eventsFiltered_name, &property_eventsFiltered_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_eventsFiltered_name);

	zval property_eventsDropped_default_value;
	ZVAL_UNDEF(&property_eventsDropped_default_value);
	zend_string *property_eventsDropped_name = zend_string_init("eventsDropped", sizeof("eventsDropped") - 1, 1);
	zend_declare_typed_property(class_entry, property_eventsDropped_name, &property_eventsDropped_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_eventsDropped_name);

	zval property_reconnects_default_value;
	ZVAL_UNDEF(&property_reconnects_default_value);
	zend_string *property_reconnects_name = zend_string_init("reconnects", sizeof("reconnects") - 1, 1);
	zend_declare_typed_property(class_entry, property_reconnects_name, &property_reconnects_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_reconnects_name);

	zval property_lastPingSeconds_default_value;
	ZVAL_UNDEF(&property_lastPingSeconds_default_value);
	zend_string *property_lastPingSeconds_name = zend_string_init("lastPingSeconds", sizeof("lastPingSeconds") - 1, 1);
	zend_declare_typed_property(class_entry, property_lastPingSeconds_name, &property_lastPingSeconds_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE|MAY_BE_NULL));
	zend_string_release(property_lastPingSeconds_name);

	zval property_lastReceivedAt_default_value;
	ZVAL_UNDEF(&property_lastReceivedAt_default_value);
	zend_string *property_lastReceivedAt_name = zend_string_init("lastReceivedAt", sizeof("lastReceivedAt") - 1, 1);
	zend_declare_typed_property(class_entry, property_lastReceivedAt_name, &property_lastReceivedAt_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE|MAY_BE_NULL));
	zend_string_release(property_lastReceivedAt_name);

	zval property_eventLagSeconds_default_value;
	ZVAL_UNDEF(&property_eventLagSeconds_default_value);
	zend_string *property_eventLagSeconds_name = zend_string_init("eventLagSeconds", sizeof("eventLagSeconds") - 1, 1);
	zend_declare_typed_property(class_entry, property_eventLagSeconds_name, &property_eventLagSeconds_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE|MAY_BE_NULL));
	zend_string_release(property_eventLagSeconds_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_AmiClient(zend_class_entry *class_entry_Apn_AmiClient_ActionSender)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "AmiClient", class_Apn_AmiClient_AmiClient_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
	zend_class_implements(class_entry, 1, class_entry_Apn_AmiClient_ActionSender);

	zval property_serverKey_default_value;
	ZVAL_UNDEF(&property_serverKey_default_value);
	zend_string *property_serverKey_name = zend_string_init("serverKey", sizeof("serverKey") - 1, 1);
	zend_declare_typed_property(class_entry, property_serverKey_name, &property_serverKey_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_serverKey_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_AmiClientManager(zend_class_entry *class_entry_Apn_AmiClient_ActionSender)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient", "AmiClientManager", class_Apn_AmiClient_AmiClientManager_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
	zend_class_implements(class_entry, 1, class_entry_Apn_AmiClient_ActionSender);

	zval const_MAX_TICK_TIMEOUT_MS_value;
	ZVAL_LONG(&const_MAX_TICK_TIMEOUT_MS_value, 60000);
	zend_string *const_MAX_TICK_TIMEOUT_MS_name = zend_string_init_interned("MAX_TICK_TIMEOUT_MS", sizeof("MAX_TICK_TIMEOUT_MS") - 1, 1);
	zend_declare_typed_class_constant(class_entry, const_MAX_TICK_TIMEOUT_MS_name, &const_MAX_TICK_TIMEOUT_MS_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(const_MAX_TICK_TIMEOUT_MS_name);


	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "fromconfig", sizeof("fromconfig") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_AmiThrowable(zend_class_entry *class_entry_Throwable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "AmiThrowable", class_Apn_AmiClient_Exception_AmiThrowable_methods);
	class_entry = zend_register_internal_interface(&ce);
	zend_class_implements(class_entry, 1, class_entry_Throwable);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_InvalidConfigurationException(zend_class_entry *class_entry_InvalidArgumentException, zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiThrowable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "InvalidConfigurationException", class_Apn_AmiClient_Exception_InvalidConfigurationException_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_InvalidArgumentException, ZEND_ACC_FINAL);
	zend_class_implements(class_entry, 1, class_entry_Apn_AmiClient_Exception_AmiThrowable);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_InvalidActionException(zend_class_entry *class_entry_InvalidArgumentException, zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiThrowable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "InvalidActionException", class_Apn_AmiClient_Exception_InvalidActionException_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_InvalidArgumentException, ZEND_ACC_FINAL);
	zend_class_implements(class_entry, 1, class_entry_Apn_AmiClient_Exception_AmiThrowable);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_UnknownServerException(zend_class_entry *class_entry_InvalidArgumentException, zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiThrowable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "UnknownServerException", class_Apn_AmiClient_Exception_UnknownServerException_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_InvalidArgumentException, ZEND_ACC_FINAL);
	zend_class_implements(class_entry, 1, class_entry_Apn_AmiClient_Exception_AmiThrowable);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_ReentrantTickException(zend_class_entry *class_entry_LogicException, zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiThrowable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "ReentrantTickException", class_Apn_AmiClient_Exception_ReentrantTickException_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_LogicException, ZEND_ACC_FINAL);
	zend_class_implements(class_entry, 1, class_entry_Apn_AmiClient_Exception_AmiThrowable);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_ForkedProcessException(zend_class_entry *class_entry_LogicException, zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiThrowable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "ForkedProcessException", class_Apn_AmiClient_Exception_ForkedProcessException_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_LogicException, ZEND_ACC_FINAL);
	zend_class_implements(class_entry, 1, class_entry_Apn_AmiClient_Exception_AmiThrowable);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_AmiException(zend_class_entry *class_entry_RuntimeException, zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiThrowable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "AmiException", class_Apn_AmiClient_Exception_AmiException_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_RuntimeException, ZEND_ACC_ABSTRACT);
	zend_class_implements(class_entry, 1, class_entry_Apn_AmiClient_Exception_AmiThrowable);

	zval property_serverKey_default_value;
	ZVAL_UNDEF(&property_serverKey_default_value);
	zend_string *property_serverKey_name = zend_string_init("serverKey", sizeof("serverKey") - 1, 1);
	zend_declare_typed_property(class_entry, property_serverKey_name, &property_serverKey_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_serverKey_name);

	zval property_actionId_default_value;
	ZVAL_UNDEF(&property_actionId_default_value);
	zend_string *property_actionId_name = zend_string_init("actionId", sizeof("actionId") - 1, 1);
	zend_declare_typed_property(class_entry, property_actionId_name, &property_actionId_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_actionId_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_NoServerAvailableException(zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "NoServerAvailableException", NULL);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_Apn_AmiClient_Exception_AmiException, ZEND_ACC_FINAL);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_ConnectFailedException(zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "ConnectFailedException", NULL);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_Apn_AmiClient_Exception_AmiException, ZEND_ACC_FINAL);

	zval property_reason_default_value;
	ZVAL_UNDEF(&property_reason_default_value);
	zend_string *property_reason_name = zend_string_init("reason", sizeof("reason") - 1, 1);
	zend_string *property_reason_class_Apn_AmiClient_DisconnectReason = zend_string_init("Apn\\AmiClient\\DisconnectReason", sizeof("Apn\\AmiClient\\DisconnectReason")-1, 1);
	zend_declare_typed_property(class_entry, property_reason_name, &property_reason_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_reason_class_Apn_AmiClient_DisconnectReason, 0, MAY_BE_NULL));
	zend_string_release(property_reason_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_InvalidConnectionStateException(zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "InvalidConnectionStateException", NULL);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_Apn_AmiClient_Exception_AmiException, ZEND_ACC_FINAL);

	zval property_state_default_value;
	ZVAL_UNDEF(&property_state_default_value);
	zend_string *property_state_name = zend_string_init("state", sizeof("state") - 1, 1);
	zend_string *property_state_class_Apn_AmiClient_ConnectionState = zend_string_init("Apn\\AmiClient\\ConnectionState", sizeof("Apn\\AmiClient\\ConnectionState")-1, 1);
	zend_declare_typed_property(class_entry, property_state_name, &property_state_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_state_class_Apn_AmiClient_ConnectionState, 0, 0));
	zend_string_release(property_state_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_BackpressureException(zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "BackpressureException", NULL);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_Apn_AmiClient_Exception_AmiException, ZEND_ACC_FINAL);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_ActionNotSentException(zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "ActionNotSentException", NULL);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_Apn_AmiClient_Exception_AmiException, ZEND_ACC_FINAL);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_ActionErrorResponseException(zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "ActionErrorResponseException", NULL);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_Apn_AmiClient_Exception_AmiException, ZEND_ACC_FINAL);

	zval property_response_default_value;
	ZVAL_UNDEF(&property_response_default_value);
	zend_string *property_response_name = zend_string_init("response", sizeof("response") - 1, 1);
	zend_string *property_response_class_Apn_AmiClient_Response = zend_string_init("Apn\\AmiClient\\Response", sizeof("Apn\\AmiClient\\Response")-1, 1);
	zend_declare_typed_property(class_entry, property_response_name, &property_response_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_response_class_Apn_AmiClient_Response, 0, 0));
	zend_string_release(property_response_name);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_ActionTimeoutException(zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "ActionTimeoutException", NULL);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_Apn_AmiClient_Exception_AmiException, ZEND_ACC_FINAL);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_AwaitTimeoutException(zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "AwaitTimeoutException", NULL);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_Apn_AmiClient_Exception_AmiException, ZEND_ACC_FINAL);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_OutcomeUnknownException(zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "OutcomeUnknownException", NULL);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_Apn_AmiClient_Exception_AmiException, ZEND_ACC_FINAL);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_ActionCancelledException(zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "ActionCancelledException", NULL);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_Apn_AmiClient_Exception_AmiException, ZEND_ACC_FINAL);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Exception_ResponseTooLargeException(zend_class_entry *class_entry_Apn_AmiClient_Exception_AmiException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Exception", "ResponseTooLargeException", NULL);
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_Apn_AmiClient_Exception_AmiException, ZEND_ACC_FINAL);

	return class_entry;
}

static zend_class_entry *register_class_Apn_AmiClient_Testing_FakeAsterisk(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Apn\\AmiClient\\Testing", "FakeAsterisk", class_Apn_AmiClient_Testing_FakeAsterisk_methods);
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);

	return class_entry;
}
