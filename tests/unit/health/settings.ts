// The weights and thresholds of the default configuration, as the health tests use them.

export const weights = {
  uptime: 0.3,
  qrQuality: 0.25,
  errorRate: 0.2,
  responseTime: 0.15,
  messageProcessing: 0.1,
}
export const thresholds = { healthyFrom: 80, unhealthyBelow: 60, hysteresis: 3 }
