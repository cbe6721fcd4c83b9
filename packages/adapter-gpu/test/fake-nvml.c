/* Stands in for libnvidia-ml: one card of 8 GiB with sensors, one in MIG mode with one instance, one that answers
   nothing but its handle. Signatures and structures as in nvml.h. */
#include <stdint.h>
#include <string.h>

typedef void *Device;
enum { OK = 0, NOT_SUPPORTED = 3, NOT_FOUND = 6 };
static const uint64_t GIB = 1024ull * 1024 * 1024;
static intptr_t id(Device d) { return (intptr_t)d; }

int nvmlInit_v2(void) { return OK; }
int nvmlShutdown(void) { return OK; }
int nvmlSystemGetDriverVersion(char *text, unsigned length) { strncpy(text, "999.01", length); return OK; }
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 3; return OK; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, Device *d) { *d = (Device)(intptr_t)(index + 1); return OK; }
int nvmlDeviceGetMigMode(Device d, unsigned *current, unsigned *pending) {
  if (id(d) == 3) return NOT_SUPPORTED;
  *current = *pending = id(d) == 2; return OK;
}
int nvmlDeviceGetMaxMigDeviceCount(Device d, unsigned *count) { (void)d; *count = 7; return OK; }
int nvmlDeviceGetMigDeviceHandleByIndex(Device d, unsigned index, Device *instance) {
  (void)d; if (index != 2) return NOT_FOUND;
  *instance = (Device)(intptr_t)20; return OK;
}
int nvmlDeviceGetName(Device d, char *text, unsigned length) {
  if (id(d) == 3) return NOT_SUPPORTED;
  strncpy(text, id(d) == 20 ? "Fake MIG 1g.10gb" : "Fake card", length); return OK;
}
int nvmlDeviceGetUUID(Device d, char *text, unsigned length) {
  if (id(d) == 3) return NOT_SUPPORTED;
  strncpy(text, id(d) == 20 ? "MIG-20" : "GPU-1", length); return OK;
}
struct memory_v2 { unsigned version; uint64_t total, reserved, free, used; };
int nvmlDeviceGetMemoryInfo_v2(Device d, struct memory_v2 *m) {
  if (id(d) != 1 || m->version != (sizeof *m | 2 << 24)) return NOT_SUPPORTED;
  m->total = 8 * GIB; m->reserved = GIB; m->free = 4 * GIB; m->used = 3 * GIB; return OK;
}
struct memory { uint64_t total, free, used; };
int nvmlDeviceGetMemoryInfo(Device d, struct memory *m) {
  if (id(d) != 20) return NOT_SUPPORTED;
  m->total = 10 * GIB; m->free = 9 * GIB; m->used = GIB; return OK;
}
int nvmlDeviceGetTemperature(Device d, unsigned sensor, unsigned *degrees) {
  if (id(d) == 3 || sensor != 0) return NOT_SUPPORTED;
  *degrees = 70; return OK;
}
int nvmlDeviceGetTemperatureThreshold(Device d, unsigned type, unsigned *degrees) {
  if (id(d) == 3 || type != 1) return NOT_SUPPORTED;
  *degrees = 95; return OK;
}
struct margin { unsigned version; int degrees; };
int nvmlDeviceGetMarginTemperature(Device d, struct margin *m) {
  if (id(d) != 2 || m->version != (sizeof *m | 1 << 24)) return NOT_SUPPORTED;
  m->degrees = -2; return OK;
}
struct utilization { unsigned gpu, memory; };
int nvmlDeviceGetUtilizationRates(Device d, struct utilization *u) {
  if (id(d) != 1) return NOT_SUPPORTED;
  u->gpu = 55; u->memory = 11; return OK;
}
int nvmlDeviceGetCurrentClocksThrottleReasons(Device d, uint64_t *bits) {
  if (id(d) == 3) return NOT_SUPPORTED;
  *bits = id(d) == 1 ? 0x4 : 0x40; return OK;
}
int nvmlDeviceGetPowerUsage(Device d, unsigned *mw) { if (id(d) == 3) return NOT_SUPPORTED; *mw = 123456; return OK; }
/* nvmlDeviceGetEnforcedPowerLimit is missing on purpose. */
struct process { unsigned pid; uint64_t used; unsigned gpu_instance, compute_instance; };
int nvmlDeviceGetComputeRunningProcesses_v3(Device d, unsigned *count, struct process *list) {
  if (id(d) != 1 || *count < 2) return NOT_SUPPORTED;
  list[0] = (struct process){4711, 2 * GIB, 0, 0}; list[1] = (struct process){4712, ~0ull, 0, 0};
  *count = 2; return OK;
}
