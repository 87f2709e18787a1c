/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What all sessions of a process share: the function table, the environment
 * and its thread pool. Private pools of several sessions would fight for the
 * processor, each spinning while it waits.
 */
#define G_LOG_DOMAIN "ptq"

#include "ort-environment.h"
#include "ptq-runtime.h"

const OrtApi *
ptq_ort_get_api (GError **error)
{
  static const OrtApi *api = NULL;
  static gsize once = 0;

  if (g_once_init_enter (&once)) {
    api = OrtGetApiBase ()->GetApi (ORT_API_VERSION);
    g_once_init_leave (&once, 1);
  }
  if (api == NULL)
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_RUNTIME,
        "ONNX Runtime %s was "
        "found, version 1.%d or newer is needed: install it, or build "
        "against the older headers",
        ptq_runtime_version (), ORT_API_VERSION);
  return api;
}

gboolean
ptq_ort_check (
    const OrtApi *api, OrtStatus *status, const gchar *what, GError **error)
{
  if (status == NULL)
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_RUNTIME, "%s: %s", what,
      api->GetErrorMessage (status));
  api->ReleaseStatus (status);
  return FALSE;
}

/* What goes wrong comes back as an error. The log is for people who look for
 * it with G_MESSAGES_DEBUG. */
static void ORT_API_CALL
forward_log (void *param G_GNUC_UNUSED, OrtLoggingLevel severity G_GNUC_UNUSED,
    const char *category, const char *logid G_GNUC_UNUSED,
    const char *code_location, const char *message)
{
  g_debug ("ONNX Runtime, %s, %s: %s", category, code_location, message);
}

static gboolean
has_one_thread (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  while (tasks != NULL && g_dir_read_name (tasks) != NULL)
    n++;
  return n == 1;
}

/**
 * ptq_runtime_disable_telemetry:
 *
 * Builds of ONNX Runtime's maker report usage over the network, from version
 * 1.30 on Linux too, and keep a data base and log files for it. That begins
 * with the environment, before the function that disables it can be called;
 * only a variable of the process keeps it from beginning. It is set when the
 * process has a single thread and not otherwise, because another thread may
 * be reading the variables: an application with threads sets
 * ORT_DISABLE_TELEMETRY=1 by itself. A value that is there is kept.
 *
 * Since: 0.1
 */
void
ptq_runtime_disable_telemetry (void)
{
  if (has_one_thread ())
    g_setenv ("ORT_DISABLE_TELEMETRY", "1", FALSE);
}

/* Debian 13 links ONNX Runtime with the libonnx.so of its ONNX package. Both
 * make the same operators known, and libonnx.so writes a line on standard
 * error for each, "Schema error: Trying to register schema with name ...",
 * past the log function. They are harmless, and standard error belongs to
 * the application, so they are left. */
static OrtEnv *
create_environment (const OrtApi *api, GError **error)
{
  OrtThreadingOptions *options = NULL;
  OrtEnv *env = NULL;
  OrtStatus *status;

  status = api->CreateThreadingOptions (&options);
  /* Threads that spin while they wait would take the processor away from the
   * pipeline that decodes the next picture. */
  if (status == NULL)
    status = api->SetGlobalSpinControl (options, 0);
  if (status == NULL)
    status = api->CreateEnvWithCustomLoggerAndGlobalThreadPools (
        forward_log, NULL, ORT_LOGGING_LEVEL_WARNING, "ptq", options, &env);
  /* for processes that had threads when the variable was to be set */
  if (status == NULL)
    status = api->DisableTelemetryEvents (env);
  if (options != NULL)
    api->ReleaseThreadingOptions (options);
  if (!ptq_ort_check (api, status, "Starting ONNX Runtime failed", error))
    return NULL;
  return env;
}

OrtEnv *
ptq_ort_get_environment (GError **error)
{
  static GMutex lock;
  static OrtEnv *env = NULL;
  const OrtApi *api = ptq_ort_get_api (error);

  if (api == NULL)
    return NULL;
  g_mutex_lock (&lock);
  if (env == NULL)
    env = create_environment (api, error);
  g_mutex_unlock (&lock);
  return env;
}

/**
 * ptq_runtime_version:
 *
 * Returns: the version of the ONNX Runtime library in use, such as "1.21.0"
 */
const gchar *
ptq_runtime_version (void)
{
  return OrtGetApiBase ()->GetVersionString ();
}
