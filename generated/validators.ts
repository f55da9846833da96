// @ts-nocheck: what Ajv writes has no types
// Generated from openapi/openapi.yaml by openapi/generate.mjs ('npm run generate'). Do not edit.

import type { ValidateFunction } from 'ajv/dist/core.js'

export type ValidatedName =
  | 'OomKillData'
  | 'ServiceCrashedData'
  | 'TelemetryGapData'
  | 'TelemetryConfiguredData'
  | 'PageCrashedData'
  | 'ProcessCrashedData'
  | 'MemoryPressureData'
  | 'StreamFrameOrData'
  | 'PublishEventRequest'
  | 'CategoryConfigRequest'
  | 'CategoriesConfigRequest'
  | 'TelemetryConfigRequest'

/** Of the document's components those that bodies and the data of events are held against. */
export const validators: Readonly<Record<ValidatedName, ValidateFunction>> = (() => {
var __getOwnPropNames = Object.getOwnPropertyNames;
var __commonJS = (cb, mod) => function __require() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};

// node_modules/ajv/dist/runtime/ucs2length.js
var require_ucs2length = __commonJS({
  "node_modules/ajv/dist/runtime/ucs2length.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    function ucs2length(str) {
      const len = str.length;
      let length = 0;
      let pos = 0;
      let value;
      while (pos < len) {
        length++;
        value = str.charCodeAt(pos++);
        if (value >= 55296 && value <= 56319 && pos < len) {
          value = str.charCodeAt(pos);
          if ((value & 64512) === 56320)
            pos++;
        }
      }
      return length;
    }
    exports.default = ucs2length;
    ucs2length.code = 'require("ajv/dist/runtime/ucs2length").default';
  }
});

// <stdin>
var OomKillData = validate20;
var schema32 = { "$id": "sysmon:OomConstraint", "type": "string", "enum": ["none", "memcg", "cpuset", "memory_policy"] };
var schema34 = { "$id": "sysmon:ProcessRole", "type": "string", "enum": ["browser", "renderer", "gpu", "network", "utility", "zygote"] };
function validate21(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate21.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.pid === void 0 && (missing0 = "pid") || data.name === void 0 && (missing0 = "name") || data.rss_kb === void 0 && (missing0 = "rss_kb")) {
        validate21.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        if (data.pid !== void 0) {
          let data0 = data.pid;
          const _errs1 = errors;
          if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0))) {
            validate21.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
            return false;
          }
          if (errors === _errs1) {
            if (typeof data0 == "number" && isFinite(data0)) {
              if (data0 > 9007199254740991 || isNaN(data0)) {
                validate21.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                return false;
              } else {
                if (data0 < 0 || isNaN(data0)) {
                  validate21.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                  return false;
                }
              }
            }
          }
          var valid0 = _errs1 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.name !== void 0) {
            const _errs3 = errors;
            if (typeof data.name !== "string") {
              validate21.errors = [{ instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
              return false;
            }
            var valid0 = _errs3 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.rss_kb !== void 0) {
              let data2 = data.rss_kb;
              const _errs5 = errors;
              if (!(typeof data2 == "number" && (!(data2 % 1) && !isNaN(data2)) && isFinite(data2))) {
                validate21.errors = [{ instancePath: instancePath + "/rss_kb", schemaPath: "#/properties/rss_kb/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                return false;
              }
              if (errors === _errs5) {
                if (typeof data2 == "number" && isFinite(data2)) {
                  if (data2 > 9007199254740991 || isNaN(data2)) {
                    validate21.errors = [{ instancePath: instancePath + "/rss_kb", schemaPath: "#/properties/rss_kb/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                    return false;
                  } else {
                    if (data2 < 0 || isNaN(data2)) {
                      validate21.errors = [{ instancePath: instancePath + "/rss_kb", schemaPath: "#/properties/rss_kb/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                      return false;
                    }
                  }
                }
              }
              var valid0 = _errs5 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.role !== void 0) {
                let data3 = data.role;
                const _errs7 = errors;
                if (typeof data3 !== "string") {
                  validate21.errors = [{ instancePath: instancePath + "/role", schemaPath: "sysmon:ProcessRole/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
                if (!(data3 === "browser" || data3 === "renderer" || data3 === "gpu" || data3 === "network" || data3 === "utility" || data3 === "zygote")) {
                  validate21.errors = [{ instancePath: instancePath + "/role", schemaPath: "sysmon:ProcessRole/enum", keyword: "enum", params: { allowedValues: schema34.enum }, message: "must be equal to one of the allowed values" }];
                  return false;
                }
                var valid0 = _errs7 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.inferred !== void 0) {
                  const _errs10 = errors;
                  if (typeof data.inferred !== "boolean") {
                    validate21.errors = [{ instancePath: instancePath + "/inferred", schemaPath: "#/properties/inferred/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }];
                    return false;
                  }
                  var valid0 = _errs10 === errors;
                } else {
                  var valid0 = true;
                }
              }
            }
          }
        }
      }
    } else {
      validate21.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate21.errors = vErrors;
  return errors === 0;
}
validate21.evaluated = { "props": { "pid": true, "name": true, "rss_kb": true, "role": true, "inferred": true }, "dynamicProps": false, "dynamicItems": false };
function validate23(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate23.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data.role !== void 0) {
        let data0 = data.role;
        const _errs1 = errors;
        if (typeof data0 !== "string") {
          validate23.errors = [{ instancePath: instancePath + "/role", schemaPath: "sysmon:ProcessRole/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
          return false;
        }
        if (!(data0 === "browser" || data0 === "renderer" || data0 === "gpu" || data0 === "network" || data0 === "utility" || data0 === "zygote")) {
          validate23.errors = [{ instancePath: instancePath + "/role", schemaPath: "sysmon:ProcessRole/enum", keyword: "enum", params: { allowedValues: schema34.enum }, message: "must be equal to one of the allowed values" }];
          return false;
        }
        var valid0 = _errs1 === errors;
      } else {
        var valid0 = true;
      }
      if (valid0) {
        if (data.inferred !== void 0) {
          const _errs4 = errors;
          if (typeof data.inferred !== "boolean") {
            validate23.errors = [{ instancePath: instancePath + "/inferred", schemaPath: "#/properties/inferred/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }];
            return false;
          }
          var valid0 = _errs4 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.executable !== void 0) {
            const _errs6 = errors;
            if (typeof data.executable !== "string") {
              validate23.errors = [{ instancePath: instancePath + "/executable", schemaPath: "#/properties/executable/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
              return false;
            }
            var valid0 = _errs6 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.service_name !== void 0) {
              const _errs8 = errors;
              if (typeof data.service_name !== "string") {
                validate23.errors = [{ instancePath: instancePath + "/service_name", schemaPath: "#/properties/service_name/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                return false;
              }
              var valid0 = _errs8 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.started_at !== void 0) {
                let data4 = data.started_at;
                const _errs10 = errors;
                if (!(typeof data4 == "number" && (!(data4 % 1) && !isNaN(data4)) && isFinite(data4))) {
                  validate23.errors = [{ instancePath: instancePath + "/started_at", schemaPath: "#/properties/started_at/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                  return false;
                }
                if (errors === _errs10) {
                  if (typeof data4 == "number" && isFinite(data4)) {
                    if (data4 > 9007199254740991 || isNaN(data4)) {
                      validate23.errors = [{ instancePath: instancePath + "/started_at", schemaPath: "#/properties/started_at/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                      return false;
                    } else {
                      if (data4 < 0 || isNaN(data4)) {
                        validate23.errors = [{ instancePath: instancePath + "/started_at", schemaPath: "#/properties/started_at/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                        return false;
                      }
                    }
                  }
                }
                var valid0 = _errs10 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.container !== void 0) {
                  const _errs12 = errors;
                  if (typeof data.container !== "string") {
                    validate23.errors = [{ instancePath: instancePath + "/container", schemaPath: "#/properties/container/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                    return false;
                  }
                  var valid0 = _errs12 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.pod !== void 0) {
                    let data6 = data.pod;
                    const _errs14 = errors;
                    const _errs15 = errors;
                    if (errors === _errs15) {
                      if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
                        let missing0;
                        if (data6.uid === void 0 && (missing0 = "uid")) {
                          validate23.errors = [{ instancePath: instancePath + "/pod", schemaPath: "sysmon:OomPod/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
                          return false;
                        } else {
                          if (data6.uid !== void 0) {
                            const _errs17 = errors;
                            if (typeof data6.uid !== "string") {
                              validate23.errors = [{ instancePath: instancePath + "/pod/uid", schemaPath: "sysmon:OomPod/properties/uid/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                              return false;
                            }
                            var valid3 = _errs17 === errors;
                          } else {
                            var valid3 = true;
                          }
                          if (valid3) {
                            if (data6.name !== void 0) {
                              const _errs19 = errors;
                              if (typeof data6.name !== "string") {
                                validate23.errors = [{ instancePath: instancePath + "/pod/name", schemaPath: "sysmon:OomPod/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                return false;
                              }
                              var valid3 = _errs19 === errors;
                            } else {
                              var valid3 = true;
                            }
                            if (valid3) {
                              if (data6.namespace !== void 0) {
                                const _errs21 = errors;
                                if (typeof data6.namespace !== "string") {
                                  validate23.errors = [{ instancePath: instancePath + "/pod/namespace", schemaPath: "sysmon:OomPod/properties/namespace/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                  return false;
                                }
                                var valid3 = _errs21 === errors;
                              } else {
                                var valid3 = true;
                              }
                              if (valid3) {
                                if (data6.container_name !== void 0) {
                                  const _errs23 = errors;
                                  if (typeof data6.container_name !== "string") {
                                    validate23.errors = [{ instancePath: instancePath + "/pod/container_name", schemaPath: "sysmon:OomPod/properties/container_name/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                    return false;
                                  }
                                  var valid3 = _errs23 === errors;
                                } else {
                                  var valid3 = true;
                                }
                              }
                            }
                          }
                        }
                      } else {
                        validate23.errors = [{ instancePath: instancePath + "/pod", schemaPath: "sysmon:OomPod/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
                        return false;
                      }
                    }
                    var valid0 = _errs14 === errors;
                  } else {
                    var valid0 = true;
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate23.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate23.errors = vErrors;
  return errors === 0;
}
validate23.evaluated = { "props": { "role": true, "inferred": true, "executable": true, "service_name": true, "started_at": true, "container": true, "pod": true }, "dynamicProps": false, "dynamicItems": false };
var func1 = require_ucs2length().default;
function validate20(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate20.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.process_name === void 0 && (missing0 = "process_name") || data.pid === void 0 && (missing0 = "pid") || data.rss_kb === void 0 && (missing0 = "rss_kb")) {
        validate20.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        if (data.process_name !== void 0) {
          const _errs1 = errors;
          if (typeof data.process_name !== "string") {
            validate20.errors = [{ instancePath: instancePath + "/process_name", schemaPath: "#/properties/process_name/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
            return false;
          }
          var valid0 = _errs1 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.pid !== void 0) {
            let data1 = data.pid;
            const _errs3 = errors;
            if (!(typeof data1 == "number" && (!(data1 % 1) && !isNaN(data1)) && isFinite(data1))) {
              validate20.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
              return false;
            }
            if (errors === _errs3) {
              if (typeof data1 == "number" && isFinite(data1)) {
                if (data1 > 9007199254740991 || isNaN(data1)) {
                  validate20.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                  return false;
                } else {
                  if (data1 < 1 || isNaN(data1)) {
                    validate20.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }];
                    return false;
                  }
                }
              }
            }
            var valid0 = _errs3 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.rss_kb !== void 0) {
              let data2 = data.rss_kb;
              const _errs5 = errors;
              if (!(typeof data2 == "number" && (!(data2 % 1) && !isNaN(data2)) && isFinite(data2))) {
                validate20.errors = [{ instancePath: instancePath + "/rss_kb", schemaPath: "#/properties/rss_kb/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                return false;
              }
              if (errors === _errs5) {
                if (typeof data2 == "number" && isFinite(data2)) {
                  if (data2 > 9007199254740991 || isNaN(data2)) {
                    validate20.errors = [{ instancePath: instancePath + "/rss_kb", schemaPath: "#/properties/rss_kb/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                    return false;
                  } else {
                    if (data2 < 0 || isNaN(data2)) {
                      validate20.errors = [{ instancePath: instancePath + "/rss_kb", schemaPath: "#/properties/rss_kb/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                      return false;
                    }
                  }
                }
              }
              var valid0 = _errs5 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.constraint !== void 0) {
                let data3 = data.constraint;
                const _errs7 = errors;
                if (typeof data3 !== "string") {
                  validate20.errors = [{ instancePath: instancePath + "/constraint", schemaPath: "sysmon:OomConstraint/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
                if (!(data3 === "none" || data3 === "memcg" || data3 === "cpuset" || data3 === "memory_policy")) {
                  validate20.errors = [{ instancePath: instancePath + "/constraint", schemaPath: "sysmon:OomConstraint/enum", keyword: "enum", params: { allowedValues: schema32.enum }, message: "must be equal to one of the allowed values" }];
                  return false;
                }
                var valid0 = _errs7 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.mem_total_kb !== void 0) {
                  let data4 = data.mem_total_kb;
                  const _errs10 = errors;
                  if (!(typeof data4 == "number" && (!(data4 % 1) && !isNaN(data4)) && isFinite(data4))) {
                    validate20.errors = [{ instancePath: instancePath + "/mem_total_kb", schemaPath: "#/properties/mem_total_kb/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                    return false;
                  }
                  if (errors === _errs10) {
                    if (typeof data4 == "number" && isFinite(data4)) {
                      if (data4 > 9007199254740991 || isNaN(data4)) {
                        validate20.errors = [{ instancePath: instancePath + "/mem_total_kb", schemaPath: "#/properties/mem_total_kb/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                        return false;
                      } else {
                        if (data4 < 0 || isNaN(data4)) {
                          validate20.errors = [{ instancePath: instancePath + "/mem_total_kb", schemaPath: "#/properties/mem_total_kb/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                          return false;
                        }
                      }
                    }
                  }
                  var valid0 = _errs10 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.mem_free_kb !== void 0) {
                    let data5 = data.mem_free_kb;
                    const _errs12 = errors;
                    if (!(typeof data5 == "number" && (!(data5 % 1) && !isNaN(data5)) && isFinite(data5))) {
                      validate20.errors = [{ instancePath: instancePath + "/mem_free_kb", schemaPath: "#/properties/mem_free_kb/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                      return false;
                    }
                    if (errors === _errs12) {
                      if (typeof data5 == "number" && isFinite(data5)) {
                        if (data5 > 9007199254740991 || isNaN(data5)) {
                          validate20.errors = [{ instancePath: instancePath + "/mem_free_kb", schemaPath: "#/properties/mem_free_kb/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                          return false;
                        } else {
                          if (data5 < 0 || isNaN(data5)) {
                            validate20.errors = [{ instancePath: instancePath + "/mem_free_kb", schemaPath: "#/properties/mem_free_kb/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                            return false;
                          }
                        }
                      }
                    }
                    var valid0 = _errs12 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.top_tasks !== void 0) {
                      let data6 = data.top_tasks;
                      const _errs14 = errors;
                      if (errors === _errs14) {
                        if (Array.isArray(data6)) {
                          if (data6.length > 5) {
                            validate20.errors = [{ instancePath: instancePath + "/top_tasks", schemaPath: "#/properties/top_tasks/maxItems", keyword: "maxItems", params: { limit: 5 }, message: "must NOT have more than 5 items" }];
                            return false;
                          } else {
                            var valid2 = true;
                            const len0 = data6.length;
                            for (let i0 = 0; i0 < len0; i0++) {
                              const _errs16 = errors;
                              if (!validate21(data6[i0], { instancePath: instancePath + "/top_tasks/" + i0, parentData: data6, parentDataProperty: i0, rootData, dynamicAnchors })) {
                                vErrors = vErrors === null ? validate21.errors : vErrors.concat(validate21.errors);
                                errors = vErrors.length;
                              }
                              var valid2 = _errs16 === errors;
                              if (!valid2) {
                                break;
                              }
                            }
                          }
                        } else {
                          validate20.errors = [{ instancePath: instancePath + "/top_tasks", schemaPath: "#/properties/top_tasks/type", keyword: "type", params: { type: "array" }, message: "must be array" }];
                          return false;
                        }
                      }
                      var valid0 = _errs14 === errors;
                    } else {
                      var valid0 = true;
                    }
                    if (valid0) {
                      if (data.trigger_process_name !== void 0) {
                        const _errs17 = errors;
                        if (typeof data.trigger_process_name !== "string") {
                          validate20.errors = [{ instancePath: instancePath + "/trigger_process_name", schemaPath: "#/properties/trigger_process_name/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                          return false;
                        }
                        var valid0 = _errs17 === errors;
                      } else {
                        var valid0 = true;
                      }
                      if (valid0) {
                        if (data.trigger_pid !== void 0) {
                          let data9 = data.trigger_pid;
                          const _errs19 = errors;
                          if (!(typeof data9 == "number" && (!(data9 % 1) && !isNaN(data9)) && isFinite(data9))) {
                            validate20.errors = [{ instancePath: instancePath + "/trigger_pid", schemaPath: "#/properties/trigger_pid/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                            return false;
                          }
                          if (errors === _errs19) {
                            if (typeof data9 == "number" && isFinite(data9)) {
                              if (data9 > 9007199254740991 || isNaN(data9)) {
                                validate20.errors = [{ instancePath: instancePath + "/trigger_pid", schemaPath: "#/properties/trigger_pid/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                                return false;
                              } else {
                                if (data9 < 0 || isNaN(data9)) {
                                  validate20.errors = [{ instancePath: instancePath + "/trigger_pid", schemaPath: "#/properties/trigger_pid/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                                  return false;
                                }
                              }
                            }
                          }
                          var valid0 = _errs19 === errors;
                        } else {
                          var valid0 = true;
                        }
                        if (valid0) {
                          if (data.total_vm_kb !== void 0) {
                            let data10 = data.total_vm_kb;
                            const _errs21 = errors;
                            if (!(typeof data10 == "number" && (!(data10 % 1) && !isNaN(data10)) && isFinite(data10))) {
                              validate20.errors = [{ instancePath: instancePath + "/total_vm_kb", schemaPath: "#/properties/total_vm_kb/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                              return false;
                            }
                            if (errors === _errs21) {
                              if (typeof data10 == "number" && isFinite(data10)) {
                                if (data10 > 9007199254740991 || isNaN(data10)) {
                                  validate20.errors = [{ instancePath: instancePath + "/total_vm_kb", schemaPath: "#/properties/total_vm_kb/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                                  return false;
                                } else {
                                  if (data10 < 0 || isNaN(data10)) {
                                    validate20.errors = [{ instancePath: instancePath + "/total_vm_kb", schemaPath: "#/properties/total_vm_kb/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                                    return false;
                                  }
                                }
                              }
                            }
                            var valid0 = _errs21 === errors;
                          } else {
                            var valid0 = true;
                          }
                          if (valid0) {
                            if (data.oom_score_adj !== void 0) {
                              let data11 = data.oom_score_adj;
                              const _errs23 = errors;
                              if (!(typeof data11 == "number" && (!(data11 % 1) && !isNaN(data11)) && isFinite(data11))) {
                                validate20.errors = [{ instancePath: instancePath + "/oom_score_adj", schemaPath: "#/properties/oom_score_adj/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                                return false;
                              }
                              if (errors === _errs23) {
                                if (typeof data11 == "number" && isFinite(data11)) {
                                  if (data11 > 1e3 || isNaN(data11)) {
                                    validate20.errors = [{ instancePath: instancePath + "/oom_score_adj", schemaPath: "#/properties/oom_score_adj/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e3 }, message: "must be <= 1000" }];
                                    return false;
                                  } else {
                                    if (data11 < -1e3 || isNaN(data11)) {
                                      validate20.errors = [{ instancePath: instancePath + "/oom_score_adj", schemaPath: "#/properties/oom_score_adj/minimum", keyword: "minimum", params: { comparison: ">=", limit: -1e3 }, message: "must be >= -1000" }];
                                      return false;
                                    }
                                  }
                                }
                              }
                              var valid0 = _errs23 === errors;
                            } else {
                              var valid0 = true;
                            }
                            if (valid0) {
                              if (data.uid !== void 0) {
                                let data12 = data.uid;
                                const _errs25 = errors;
                                if (!(typeof data12 == "number" && (!(data12 % 1) && !isNaN(data12)) && isFinite(data12))) {
                                  validate20.errors = [{ instancePath: instancePath + "/uid", schemaPath: "#/properties/uid/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                                  return false;
                                }
                                if (errors === _errs25) {
                                  if (typeof data12 == "number" && isFinite(data12)) {
                                    if (data12 > 9007199254740991 || isNaN(data12)) {
                                      validate20.errors = [{ instancePath: instancePath + "/uid", schemaPath: "#/properties/uid/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                                      return false;
                                    } else {
                                      if (data12 < 0 || isNaN(data12)) {
                                        validate20.errors = [{ instancePath: instancePath + "/uid", schemaPath: "#/properties/uid/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                                        return false;
                                      }
                                    }
                                  }
                                }
                                var valid0 = _errs25 === errors;
                              } else {
                                var valid0 = true;
                              }
                              if (valid0) {
                                if (data.swap_kb !== void 0) {
                                  let data13 = data.swap_kb;
                                  const _errs27 = errors;
                                  if (!(typeof data13 == "number" && (!(data13 % 1) && !isNaN(data13)) && isFinite(data13))) {
                                    validate20.errors = [{ instancePath: instancePath + "/swap_kb", schemaPath: "#/properties/swap_kb/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                                    return false;
                                  }
                                  if (errors === _errs27) {
                                    if (typeof data13 == "number" && isFinite(data13)) {
                                      if (data13 > 9007199254740991 || isNaN(data13)) {
                                        validate20.errors = [{ instancePath: instancePath + "/swap_kb", schemaPath: "#/properties/swap_kb/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                                        return false;
                                      } else {
                                        if (data13 < 0 || isNaN(data13)) {
                                          validate20.errors = [{ instancePath: instancePath + "/swap_kb", schemaPath: "#/properties/swap_kb/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                                          return false;
                                        }
                                      }
                                    }
                                  }
                                  var valid0 = _errs27 === errors;
                                } else {
                                  var valid0 = true;
                                }
                                if (valid0) {
                                  if (data.pgtables_kb !== void 0) {
                                    let data14 = data.pgtables_kb;
                                    const _errs29 = errors;
                                    if (!(typeof data14 == "number" && (!(data14 % 1) && !isNaN(data14)) && isFinite(data14))) {
                                      validate20.errors = [{ instancePath: instancePath + "/pgtables_kb", schemaPath: "#/properties/pgtables_kb/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                                      return false;
                                    }
                                    if (errors === _errs29) {
                                      if (typeof data14 == "number" && isFinite(data14)) {
                                        if (data14 > 9007199254740991 || isNaN(data14)) {
                                          validate20.errors = [{ instancePath: instancePath + "/pgtables_kb", schemaPath: "#/properties/pgtables_kb/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                                          return false;
                                        } else {
                                          if (data14 < 0 || isNaN(data14)) {
                                            validate20.errors = [{ instancePath: instancePath + "/pgtables_kb", schemaPath: "#/properties/pgtables_kb/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                                            return false;
                                          }
                                        }
                                      }
                                    }
                                    var valid0 = _errs29 === errors;
                                  } else {
                                    var valid0 = true;
                                  }
                                  if (valid0) {
                                    if (data.oom_memcg !== void 0) {
                                      const _errs31 = errors;
                                      if (typeof data.oom_memcg !== "string") {
                                        validate20.errors = [{ instancePath: instancePath + "/oom_memcg", schemaPath: "#/properties/oom_memcg/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                        return false;
                                      }
                                      var valid0 = _errs31 === errors;
                                    } else {
                                      var valid0 = true;
                                    }
                                    if (valid0) {
                                      if (data.task_memcg !== void 0) {
                                        const _errs33 = errors;
                                        if (typeof data.task_memcg !== "string") {
                                          validate20.errors = [{ instancePath: instancePath + "/task_memcg", schemaPath: "#/properties/task_memcg/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                          return false;
                                        }
                                        var valid0 = _errs33 === errors;
                                      } else {
                                        var valid0 = true;
                                      }
                                      if (valid0) {
                                        if (data.memcg_limit_kb !== void 0) {
                                          let data17 = data.memcg_limit_kb;
                                          const _errs35 = errors;
                                          if (!(typeof data17 == "number" && (!(data17 % 1) && !isNaN(data17)) && isFinite(data17))) {
                                            validate20.errors = [{ instancePath: instancePath + "/memcg_limit_kb", schemaPath: "#/properties/memcg_limit_kb/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                                            return false;
                                          }
                                          if (errors === _errs35) {
                                            if (typeof data17 == "number" && isFinite(data17)) {
                                              if (data17 > 9007199254740991 || isNaN(data17)) {
                                                validate20.errors = [{ instancePath: instancePath + "/memcg_limit_kb", schemaPath: "#/properties/memcg_limit_kb/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                                                return false;
                                              } else {
                                                if (data17 < 0 || isNaN(data17)) {
                                                  validate20.errors = [{ instancePath: instancePath + "/memcg_limit_kb", schemaPath: "#/properties/memcg_limit_kb/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                                                  return false;
                                                }
                                              }
                                            }
                                          }
                                          var valid0 = _errs35 === errors;
                                        } else {
                                          var valid0 = true;
                                        }
                                        if (valid0) {
                                          if (data.memcg_usage_kb !== void 0) {
                                            let data18 = data.memcg_usage_kb;
                                            const _errs37 = errors;
                                            if (!(typeof data18 == "number" && (!(data18 % 1) && !isNaN(data18)) && isFinite(data18))) {
                                              validate20.errors = [{ instancePath: instancePath + "/memcg_usage_kb", schemaPath: "#/properties/memcg_usage_kb/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                                              return false;
                                            }
                                            if (errors === _errs37) {
                                              if (typeof data18 == "number" && isFinite(data18)) {
                                                if (data18 > 9007199254740991 || isNaN(data18)) {
                                                  validate20.errors = [{ instancePath: instancePath + "/memcg_usage_kb", schemaPath: "#/properties/memcg_usage_kb/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                                                  return false;
                                                } else {
                                                  if (data18 < 0 || isNaN(data18)) {
                                                    validate20.errors = [{ instancePath: instancePath + "/memcg_usage_kb", schemaPath: "#/properties/memcg_usage_kb/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                                                    return false;
                                                  }
                                                }
                                              }
                                            }
                                            var valid0 = _errs37 === errors;
                                          } else {
                                            var valid0 = true;
                                          }
                                          if (valid0) {
                                            if (data.oom_group !== void 0) {
                                              const _errs39 = errors;
                                              if (typeof data.oom_group !== "boolean") {
                                                validate20.errors = [{ instancePath: instancePath + "/oom_group", schemaPath: "#/properties/oom_group/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }];
                                                return false;
                                              }
                                              var valid0 = _errs39 === errors;
                                            } else {
                                              var valid0 = true;
                                            }
                                            if (valid0) {
                                              if (data.in_container !== void 0) {
                                                const _errs41 = errors;
                                                if (typeof data.in_container !== "boolean") {
                                                  validate20.errors = [{ instancePath: instancePath + "/in_container", schemaPath: "#/properties/in_container/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }];
                                                  return false;
                                                }
                                                var valid0 = _errs41 === errors;
                                              } else {
                                                var valid0 = true;
                                              }
                                              if (valid0) {
                                                if (data.victim !== void 0) {
                                                  const _errs43 = errors;
                                                  if (!validate23(data.victim, { instancePath: instancePath + "/victim", parentData: data, parentDataProperty: "victim", rootData, dynamicAnchors })) {
                                                    vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors);
                                                    errors = vErrors.length;
                                                  }
                                                  var valid0 = _errs43 === errors;
                                                } else {
                                                  var valid0 = true;
                                                }
                                                if (valid0) {
                                                  if (data.diagnosis !== void 0) {
                                                    let data22 = data.diagnosis;
                                                    const _errs44 = errors;
                                                    const _errs45 = errors;
                                                    if (errors === _errs45) {
                                                      if (data22 && typeof data22 == "object" && !Array.isArray(data22)) {
                                                        let missing1;
                                                        if (data22.cause === void 0 && (missing1 = "cause") || data22.evidence === void 0 && (missing1 = "evidence") || data22.next === void 0 && (missing1 = "next")) {
                                                          validate20.errors = [{ instancePath: instancePath + "/diagnosis", schemaPath: "sysmon:OomDiagnosis/required", keyword: "required", params: { missingProperty: missing1 }, message: "must have required property '" + missing1 + "'" }];
                                                          return false;
                                                        } else {
                                                          if (data22.cause !== void 0) {
                                                            let data23 = data22.cause;
                                                            const _errs47 = errors;
                                                            if (errors === _errs47) {
                                                              if (typeof data23 === "string") {
                                                                if (func1(data23) < 1) {
                                                                  validate20.errors = [{ instancePath: instancePath + "/diagnosis/cause", schemaPath: "sysmon:OomDiagnosis/properties/cause/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }];
                                                                  return false;
                                                                }
                                                              } else {
                                                                validate20.errors = [{ instancePath: instancePath + "/diagnosis/cause", schemaPath: "sysmon:OomDiagnosis/properties/cause/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                                                return false;
                                                              }
                                                            }
                                                            var valid4 = _errs47 === errors;
                                                          } else {
                                                            var valid4 = true;
                                                          }
                                                          if (valid4) {
                                                            if (data22.evidence !== void 0) {
                                                              let data24 = data22.evidence;
                                                              const _errs49 = errors;
                                                              if (errors === _errs49) {
                                                                if (Array.isArray(data24)) {
                                                                  var valid5 = true;
                                                                  const len1 = data24.length;
                                                                  for (let i1 = 0; i1 < len1; i1++) {
                                                                    const _errs51 = errors;
                                                                    if (typeof data24[i1] !== "string") {
                                                                      validate20.errors = [{ instancePath: instancePath + "/diagnosis/evidence/" + i1, schemaPath: "sysmon:OomDiagnosis/properties/evidence/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                                                      return false;
                                                                    }
                                                                    var valid5 = _errs51 === errors;
                                                                    if (!valid5) {
                                                                      break;
                                                                    }
                                                                  }
                                                                } else {
                                                                  validate20.errors = [{ instancePath: instancePath + "/diagnosis/evidence", schemaPath: "sysmon:OomDiagnosis/properties/evidence/type", keyword: "type", params: { type: "array" }, message: "must be array" }];
                                                                  return false;
                                                                }
                                                              }
                                                              var valid4 = _errs49 === errors;
                                                            } else {
                                                              var valid4 = true;
                                                            }
                                                            if (valid4) {
                                                              if (data22.next !== void 0) {
                                                                let data26 = data22.next;
                                                                const _errs53 = errors;
                                                                if (errors === _errs53) {
                                                                  if (typeof data26 === "string") {
                                                                    if (func1(data26) < 1) {
                                                                      validate20.errors = [{ instancePath: instancePath + "/diagnosis/next", schemaPath: "sysmon:OomDiagnosis/properties/next/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }];
                                                                      return false;
                                                                    }
                                                                  } else {
                                                                    validate20.errors = [{ instancePath: instancePath + "/diagnosis/next", schemaPath: "sysmon:OomDiagnosis/properties/next/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                                                    return false;
                                                                  }
                                                                }
                                                                var valid4 = _errs53 === errors;
                                                              } else {
                                                                var valid4 = true;
                                                              }
                                                            }
                                                          }
                                                        }
                                                      } else {
                                                        validate20.errors = [{ instancePath: instancePath + "/diagnosis", schemaPath: "sysmon:OomDiagnosis/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
                                                        return false;
                                                      }
                                                    }
                                                    var valid0 = _errs44 === errors;
                                                  } else {
                                                    var valid0 = true;
                                                  }
                                                }
                                              }
                                            }
                                          }
                                        }
                                      }
                                    }
                                  }
                                }
                              }
                            }
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate20.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate20.errors = vErrors;
  return errors === 0;
}
validate20.evaluated = { "props": { "process_name": true, "pid": true, "rss_kb": true, "constraint": true, "mem_total_kb": true, "mem_free_kb": true, "top_tasks": true, "trigger_process_name": true, "trigger_pid": true, "total_vm_kb": true, "oom_score_adj": true, "uid": true, "swap_kb": true, "pgtables_kb": true, "oom_memcg": true, "task_memcg": true, "memcg_limit_kb": true, "memcg_usage_kb": true, "oom_group": true, "in_container": true, "victim": true, "diagnosis": true }, "dynamicProps": false, "dynamicItems": false };
var ServiceCrashedData = validate25;
var schema40 = { "$id": "sysmon:ServiceCrashPhase", "type": "string", "enum": ["startup", "running", "gave_up"] };
var pattern4 = new RegExp("^SIG[A-Z0-9+-]+$", "u");
function validate25(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate25.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.service_name === void 0 && (missing0 = "service_name") || data.phase === void 0 && (missing0 = "phase")) {
        validate25.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        if (data.service_name !== void 0) {
          let data0 = data.service_name;
          const _errs1 = errors;
          if (errors === _errs1) {
            if (typeof data0 === "string") {
              if (func1(data0) < 1) {
                validate25.errors = [{ instancePath: instancePath + "/service_name", schemaPath: "#/properties/service_name/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }];
                return false;
              }
            } else {
              validate25.errors = [{ instancePath: instancePath + "/service_name", schemaPath: "#/properties/service_name/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
              return false;
            }
          }
          var valid0 = _errs1 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.phase !== void 0) {
            let data1 = data.phase;
            const _errs3 = errors;
            if (typeof data1 !== "string") {
              validate25.errors = [{ instancePath: instancePath + "/phase", schemaPath: "sysmon:ServiceCrashPhase/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
              return false;
            }
            if (!(data1 === "startup" || data1 === "running" || data1 === "gave_up")) {
              validate25.errors = [{ instancePath: instancePath + "/phase", schemaPath: "sysmon:ServiceCrashPhase/enum", keyword: "enum", params: { allowedValues: schema40.enum }, message: "must be equal to one of the allowed values" }];
              return false;
            }
            var valid0 = _errs3 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.pid !== void 0) {
              let data2 = data.pid;
              const _errs6 = errors;
              if (!(typeof data2 == "number" && (!(data2 % 1) && !isNaN(data2)) && isFinite(data2))) {
                validate25.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                return false;
              }
              if (errors === _errs6) {
                if (typeof data2 == "number" && isFinite(data2)) {
                  if (data2 > 9007199254740991 || isNaN(data2)) {
                    validate25.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                    return false;
                  } else {
                    if (data2 < 1 || isNaN(data2)) {
                      validate25.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }];
                      return false;
                    }
                  }
                }
              }
              var valid0 = _errs6 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.group_name !== void 0) {
                let data3 = data.group_name;
                const _errs8 = errors;
                if (errors === _errs8) {
                  if (typeof data3 === "string") {
                    if (func1(data3) < 1) {
                      validate25.errors = [{ instancePath: instancePath + "/group_name", schemaPath: "#/properties/group_name/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }];
                      return false;
                    }
                  } else {
                    validate25.errors = [{ instancePath: instancePath + "/group_name", schemaPath: "#/properties/group_name/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                    return false;
                  }
                }
                var valid0 = _errs8 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.exit_code !== void 0) {
                  let data4 = data.exit_code;
                  const _errs10 = errors;
                  if (!(typeof data4 == "number" && (!(data4 % 1) && !isNaN(data4)) && isFinite(data4))) {
                    validate25.errors = [{ instancePath: instancePath + "/exit_code", schemaPath: "#/properties/exit_code/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                    return false;
                  }
                  if (errors === _errs10) {
                    if (typeof data4 == "number" && isFinite(data4)) {
                      if (data4 > 255 || isNaN(data4)) {
                        validate25.errors = [{ instancePath: instancePath + "/exit_code", schemaPath: "#/properties/exit_code/maximum", keyword: "maximum", params: { comparison: "<=", limit: 255 }, message: "must be <= 255" }];
                        return false;
                      } else {
                        if (data4 < 0 || isNaN(data4)) {
                          validate25.errors = [{ instancePath: instancePath + "/exit_code", schemaPath: "#/properties/exit_code/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                          return false;
                        }
                      }
                    }
                  }
                  var valid0 = _errs10 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.signal !== void 0) {
                    let data5 = data.signal;
                    const _errs12 = errors;
                    if (errors === _errs12) {
                      if (typeof data5 === "string") {
                        if (!pattern4.test(data5)) {
                          validate25.errors = [{ instancePath: instancePath + "/signal", schemaPath: "#/properties/signal/pattern", keyword: "pattern", params: { pattern: "^SIG[A-Z0-9+-]+$" }, message: 'must match pattern "^SIG[A-Z0-9+-]+$"' }];
                          return false;
                        }
                      } else {
                        validate25.errors = [{ instancePath: instancePath + "/signal", schemaPath: "#/properties/signal/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                        return false;
                      }
                    }
                    var valid0 = _errs12 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.core_dumped !== void 0) {
                      const _errs14 = errors;
                      if (typeof data.core_dumped !== "boolean") {
                        validate25.errors = [{ instancePath: instancePath + "/core_dumped", schemaPath: "#/properties/core_dumped/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }];
                        return false;
                      }
                      var valid0 = _errs14 === errors;
                    } else {
                      var valid0 = true;
                    }
                    if (valid0) {
                      if (data.restart_attempt !== void 0) {
                        let data7 = data.restart_attempt;
                        const _errs16 = errors;
                        if (!(typeof data7 == "number" && (!(data7 % 1) && !isNaN(data7)) && isFinite(data7))) {
                          validate25.errors = [{ instancePath: instancePath + "/restart_attempt", schemaPath: "#/properties/restart_attempt/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                          return false;
                        }
                        if (errors === _errs16) {
                          if (typeof data7 == "number" && isFinite(data7)) {
                            if (data7 > 9007199254740991 || isNaN(data7)) {
                              validate25.errors = [{ instancePath: instancePath + "/restart_attempt", schemaPath: "#/properties/restart_attempt/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                              return false;
                            } else {
                              if (data7 < 0 || isNaN(data7)) {
                                validate25.errors = [{ instancePath: instancePath + "/restart_attempt", schemaPath: "#/properties/restart_attempt/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                                return false;
                              }
                            }
                          }
                        }
                        var valid0 = _errs16 === errors;
                      } else {
                        var valid0 = true;
                      }
                      if (valid0) {
                        if (data.oom_kill_seq !== void 0) {
                          let data8 = data.oom_kill_seq;
                          const _errs18 = errors;
                          if (!(typeof data8 == "number" && (!(data8 % 1) && !isNaN(data8)) && isFinite(data8))) {
                            validate25.errors = [{ instancePath: instancePath + "/oom_kill_seq", schemaPath: "#/properties/oom_kill_seq/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                            return false;
                          }
                          if (errors === _errs18) {
                            if (typeof data8 == "number" && isFinite(data8)) {
                              if (data8 > 9007199254740991 || isNaN(data8)) {
                                validate25.errors = [{ instancePath: instancePath + "/oom_kill_seq", schemaPath: "#/properties/oom_kill_seq/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                                return false;
                              } else {
                                if (data8 < 1 || isNaN(data8)) {
                                  validate25.errors = [{ instancePath: instancePath + "/oom_kill_seq", schemaPath: "#/properties/oom_kill_seq/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }];
                                  return false;
                                }
                              }
                            }
                          }
                          var valid0 = _errs18 === errors;
                        } else {
                          var valid0 = true;
                        }
                        if (valid0) {
                          if (data.process_crashed_seq !== void 0) {
                            let data9 = data.process_crashed_seq;
                            const _errs20 = errors;
                            if (!(typeof data9 == "number" && (!(data9 % 1) && !isNaN(data9)) && isFinite(data9))) {
                              validate25.errors = [{ instancePath: instancePath + "/process_crashed_seq", schemaPath: "#/properties/process_crashed_seq/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                              return false;
                            }
                            if (errors === _errs20) {
                              if (typeof data9 == "number" && isFinite(data9)) {
                                if (data9 > 9007199254740991 || isNaN(data9)) {
                                  validate25.errors = [{ instancePath: instancePath + "/process_crashed_seq", schemaPath: "#/properties/process_crashed_seq/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                                  return false;
                                } else {
                                  if (data9 < 1 || isNaN(data9)) {
                                    validate25.errors = [{ instancePath: instancePath + "/process_crashed_seq", schemaPath: "#/properties/process_crashed_seq/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }];
                                    return false;
                                  }
                                }
                              }
                            }
                            var valid0 = _errs20 === errors;
                          } else {
                            var valid0 = true;
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate25.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate25.errors = vErrors;
  return errors === 0;
}
validate25.evaluated = { "props": { "service_name": true, "phase": true, "pid": true, "group_name": true, "exit_code": true, "signal": true, "core_dumped": true, "restart_attempt": true, "oom_kill_seq": true, "process_crashed_seq": true }, "dynamicProps": false, "dynamicItems": false };
var TelemetryGapData = validate26;
var schema42 = { "$id": "sysmon:TelemetryGapSource", "type": "string", "enum": ["kmsg", "supervisord", "stream"] };
function validate26(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate26.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.source === void 0 && (missing0 = "source") || data.reason === void 0 && (missing0 = "reason")) {
        validate26.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        if (data.source !== void 0) {
          let data0 = data.source;
          const _errs1 = errors;
          if (typeof data0 !== "string") {
            validate26.errors = [{ instancePath: instancePath + "/source", schemaPath: "sysmon:TelemetryGapSource/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
            return false;
          }
          if (!(data0 === "kmsg" || data0 === "supervisord" || data0 === "stream")) {
            validate26.errors = [{ instancePath: instancePath + "/source", schemaPath: "sysmon:TelemetryGapSource/enum", keyword: "enum", params: { allowedValues: schema42.enum }, message: "must be equal to one of the allowed values" }];
            return false;
          }
          var valid0 = _errs1 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.lost !== void 0) {
            let data1 = data.lost;
            const _errs4 = errors;
            if (!(typeof data1 == "number" && (!(data1 % 1) && !isNaN(data1)) && isFinite(data1))) {
              validate26.errors = [{ instancePath: instancePath + "/lost", schemaPath: "#/properties/lost/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
              return false;
            }
            if (errors === _errs4) {
              if (typeof data1 == "number" && isFinite(data1)) {
                if (data1 > 9007199254740991 || isNaN(data1)) {
                  validate26.errors = [{ instancePath: instancePath + "/lost", schemaPath: "#/properties/lost/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                  return false;
                } else {
                  if (data1 < 0 || isNaN(data1)) {
                    validate26.errors = [{ instancePath: instancePath + "/lost", schemaPath: "#/properties/lost/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                    return false;
                  }
                }
              }
            }
            var valid0 = _errs4 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.reason !== void 0) {
              const _errs6 = errors;
              if (typeof data.reason !== "string") {
                validate26.errors = [{ instancePath: instancePath + "/reason", schemaPath: "#/properties/reason/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                return false;
              }
              var valid0 = _errs6 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.from !== void 0) {
                let data3 = data.from;
                const _errs8 = errors;
                if (!(typeof data3 == "number" && (!(data3 % 1) && !isNaN(data3)) && isFinite(data3))) {
                  validate26.errors = [{ instancePath: instancePath + "/from", schemaPath: "#/properties/from/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                  return false;
                }
                if (errors === _errs8) {
                  if (typeof data3 == "number" && isFinite(data3)) {
                    if (data3 > 9007199254740991 || isNaN(data3)) {
                      validate26.errors = [{ instancePath: instancePath + "/from", schemaPath: "#/properties/from/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                      return false;
                    } else {
                      if (data3 < 0 || isNaN(data3)) {
                        validate26.errors = [{ instancePath: instancePath + "/from", schemaPath: "#/properties/from/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                        return false;
                      }
                    }
                  }
                }
                var valid0 = _errs8 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.to !== void 0) {
                  let data4 = data.to;
                  const _errs10 = errors;
                  if (!(typeof data4 == "number" && (!(data4 % 1) && !isNaN(data4)) && isFinite(data4))) {
                    validate26.errors = [{ instancePath: instancePath + "/to", schemaPath: "#/properties/to/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                    return false;
                  }
                  if (errors === _errs10) {
                    if (typeof data4 == "number" && isFinite(data4)) {
                      if (data4 > 9007199254740991 || isNaN(data4)) {
                        validate26.errors = [{ instancePath: instancePath + "/to", schemaPath: "#/properties/to/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                        return false;
                      } else {
                        if (data4 < 0 || isNaN(data4)) {
                          validate26.errors = [{ instancePath: instancePath + "/to", schemaPath: "#/properties/to/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                          return false;
                        }
                      }
                    }
                  }
                  var valid0 = _errs10 === errors;
                } else {
                  var valid0 = true;
                }
              }
            }
          }
        }
      }
    } else {
      validate26.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate26.errors = vErrors;
  return errors === 0;
}
validate26.evaluated = { "props": { "source": true, "lost": true, "reason": true, "from": true, "to": true }, "dynamicProps": false, "dynamicItems": false };
var TelemetryConfiguredData = validate27;
var schema43 = { "$id": "sysmon:TelemetryConfiguredData", "type": "object", "required": ["method", "turned_on", "turned_off"], "properties": { "method": { "type": "string", "enum": ["PUT", "PATCH"] }, "turned_on": { "type": "array", "items": { "$ref": "sysmon:EventCategory" } }, "turned_off": { "type": "array", "items": { "$ref": "sysmon:EventCategory" } }, "address": { "type": "string" }, "user_agent": { "type": "string", "maxLength": 256 } } };
var schema44 = { "$id": "sysmon:EventCategory", "type": "string", "enum": ["console", "network", "page", "interaction", "control", "connection", "system", "screenshot", "captcha", "monitor", "platform"] };
function validate27(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate27.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.method === void 0 && (missing0 = "method") || data.turned_on === void 0 && (missing0 = "turned_on") || data.turned_off === void 0 && (missing0 = "turned_off")) {
        validate27.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        if (data.method !== void 0) {
          let data0 = data.method;
          const _errs1 = errors;
          if (typeof data0 !== "string") {
            validate27.errors = [{ instancePath: instancePath + "/method", schemaPath: "#/properties/method/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
            return false;
          }
          if (!(data0 === "PUT" || data0 === "PATCH")) {
            validate27.errors = [{ instancePath: instancePath + "/method", schemaPath: "#/properties/method/enum", keyword: "enum", params: { allowedValues: schema43.properties.method.enum }, message: "must be equal to one of the allowed values" }];
            return false;
          }
          var valid0 = _errs1 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.turned_on !== void 0) {
            let data1 = data.turned_on;
            const _errs3 = errors;
            if (errors === _errs3) {
              if (Array.isArray(data1)) {
                var valid1 = true;
                const len0 = data1.length;
                for (let i0 = 0; i0 < len0; i0++) {
                  let data2 = data1[i0];
                  const _errs5 = errors;
                  if (typeof data2 !== "string") {
                    validate27.errors = [{ instancePath: instancePath + "/turned_on/" + i0, schemaPath: "sysmon:EventCategory/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                    return false;
                  }
                  if (!(data2 === "console" || data2 === "network" || data2 === "page" || data2 === "interaction" || data2 === "control" || data2 === "connection" || data2 === "system" || data2 === "screenshot" || data2 === "captcha" || data2 === "monitor" || data2 === "platform")) {
                    validate27.errors = [{ instancePath: instancePath + "/turned_on/" + i0, schemaPath: "sysmon:EventCategory/enum", keyword: "enum", params: { allowedValues: schema44.enum }, message: "must be equal to one of the allowed values" }];
                    return false;
                  }
                  var valid1 = _errs5 === errors;
                  if (!valid1) {
                    break;
                  }
                }
              } else {
                validate27.errors = [{ instancePath: instancePath + "/turned_on", schemaPath: "#/properties/turned_on/type", keyword: "type", params: { type: "array" }, message: "must be array" }];
                return false;
              }
            }
            var valid0 = _errs3 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.turned_off !== void 0) {
              let data3 = data.turned_off;
              const _errs8 = errors;
              if (errors === _errs8) {
                if (Array.isArray(data3)) {
                  var valid3 = true;
                  const len1 = data3.length;
                  for (let i1 = 0; i1 < len1; i1++) {
                    let data4 = data3[i1];
                    const _errs10 = errors;
                    if (typeof data4 !== "string") {
                      validate27.errors = [{ instancePath: instancePath + "/turned_off/" + i1, schemaPath: "sysmon:EventCategory/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                      return false;
                    }
                    if (!(data4 === "console" || data4 === "network" || data4 === "page" || data4 === "interaction" || data4 === "control" || data4 === "connection" || data4 === "system" || data4 === "screenshot" || data4 === "captcha" || data4 === "monitor" || data4 === "platform")) {
                      validate27.errors = [{ instancePath: instancePath + "/turned_off/" + i1, schemaPath: "sysmon:EventCategory/enum", keyword: "enum", params: { allowedValues: schema44.enum }, message: "must be equal to one of the allowed values" }];
                      return false;
                    }
                    var valid3 = _errs10 === errors;
                    if (!valid3) {
                      break;
                    }
                  }
                } else {
                  validate27.errors = [{ instancePath: instancePath + "/turned_off", schemaPath: "#/properties/turned_off/type", keyword: "type", params: { type: "array" }, message: "must be array" }];
                  return false;
                }
              }
              var valid0 = _errs8 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.address !== void 0) {
                const _errs13 = errors;
                if (typeof data.address !== "string") {
                  validate27.errors = [{ instancePath: instancePath + "/address", schemaPath: "#/properties/address/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
                var valid0 = _errs13 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.user_agent !== void 0) {
                  let data6 = data.user_agent;
                  const _errs15 = errors;
                  if (errors === _errs15) {
                    if (typeof data6 === "string") {
                      if (func1(data6) > 256) {
                        validate27.errors = [{ instancePath: instancePath + "/user_agent", schemaPath: "#/properties/user_agent/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }];
                        return false;
                      }
                    } else {
                      validate27.errors = [{ instancePath: instancePath + "/user_agent", schemaPath: "#/properties/user_agent/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                      return false;
                    }
                  }
                  var valid0 = _errs15 === errors;
                } else {
                  var valid0 = true;
                }
              }
            }
          }
        }
      }
    } else {
      validate27.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate27.errors = vErrors;
  return errors === 0;
}
validate27.evaluated = { "props": { "method": true, "turned_on": true, "turned_off": true, "address": true, "user_agent": true }, "dynamicProps": false, "dynamicItems": false };
var PageCrashedData = validate28;
var schema48 = { "$id": "sysmon:PageCrashCause", "type": "string", "enum": ["oom_kill", "crash", "killed"] };
function validate28(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate28.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data.target_id !== void 0) {
        let data0 = data.target_id;
        const _errs1 = errors;
        if (errors === _errs1) {
          if (typeof data0 === "string") {
            if (func1(data0) < 1) {
              validate28.errors = [{ instancePath: instancePath + "/target_id", schemaPath: "#/properties/target_id/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }];
              return false;
            }
          } else {
            validate28.errors = [{ instancePath: instancePath + "/target_id", schemaPath: "#/properties/target_id/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
            return false;
          }
        }
        var valid0 = _errs1 === errors;
      } else {
        var valid0 = true;
      }
      if (valid0) {
        if (data.target_type !== void 0) {
          let data1 = data.target_type;
          const _errs3 = errors;
          if (errors === _errs3) {
            if (typeof data1 === "string") {
              if (func1(data1) < 1) {
                validate28.errors = [{ instancePath: instancePath + "/target_type", schemaPath: "#/properties/target_type/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }];
                return false;
              }
            } else {
              validate28.errors = [{ instancePath: instancePath + "/target_type", schemaPath: "#/properties/target_type/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
              return false;
            }
          }
          var valid0 = _errs3 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.url !== void 0) {
            const _errs5 = errors;
            if (typeof data.url !== "string") {
              validate28.errors = [{ instancePath: instancePath + "/url", schemaPath: "#/properties/url/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
              return false;
            }
            var valid0 = _errs5 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.title !== void 0) {
              const _errs7 = errors;
              if (typeof data.title !== "string") {
                validate28.errors = [{ instancePath: instancePath + "/title", schemaPath: "#/properties/title/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                return false;
              }
              var valid0 = _errs7 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.status !== void 0) {
                const _errs9 = errors;
                if (typeof data.status !== "string") {
                  validate28.errors = [{ instancePath: instancePath + "/status", schemaPath: "#/properties/status/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
                var valid0 = _errs9 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.signal !== void 0) {
                  let data5 = data.signal;
                  const _errs11 = errors;
                  if (errors === _errs11) {
                    if (typeof data5 === "string") {
                      if (!pattern4.test(data5)) {
                        validate28.errors = [{ instancePath: instancePath + "/signal", schemaPath: "#/properties/signal/pattern", keyword: "pattern", params: { pattern: "^SIG[A-Z0-9+-]+$" }, message: 'must match pattern "^SIG[A-Z0-9+-]+$"' }];
                        return false;
                      }
                    } else {
                      validate28.errors = [{ instancePath: instancePath + "/signal", schemaPath: "#/properties/signal/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                      return false;
                    }
                  }
                  var valid0 = _errs11 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.pid !== void 0) {
                    let data6 = data.pid;
                    const _errs13 = errors;
                    if (!(typeof data6 == "number" && (!(data6 % 1) && !isNaN(data6)) && isFinite(data6))) {
                      validate28.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                      return false;
                    }
                    if (errors === _errs13) {
                      if (typeof data6 == "number" && isFinite(data6)) {
                        if (data6 > 9007199254740991 || isNaN(data6)) {
                          validate28.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                          return false;
                        } else {
                          if (data6 < 1 || isNaN(data6)) {
                            validate28.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }];
                            return false;
                          }
                        }
                      }
                    }
                    var valid0 = _errs13 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.role !== void 0) {
                      let data7 = data.role;
                      const _errs15 = errors;
                      if (typeof data7 !== "string") {
                        validate28.errors = [{ instancePath: instancePath + "/role", schemaPath: "sysmon:ProcessRole/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                        return false;
                      }
                      if (!(data7 === "browser" || data7 === "renderer" || data7 === "gpu" || data7 === "network" || data7 === "utility" || data7 === "zygote")) {
                        validate28.errors = [{ instancePath: instancePath + "/role", schemaPath: "sysmon:ProcessRole/enum", keyword: "enum", params: { allowedValues: schema34.enum }, message: "must be equal to one of the allowed values" }];
                        return false;
                      }
                      var valid0 = _errs15 === errors;
                    } else {
                      var valid0 = true;
                    }
                    if (valid0) {
                      if (data.cause !== void 0) {
                        let data8 = data.cause;
                        const _errs18 = errors;
                        if (typeof data8 !== "string") {
                          validate28.errors = [{ instancePath: instancePath + "/cause", schemaPath: "sysmon:PageCrashCause/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                          return false;
                        }
                        if (!(data8 === "oom_kill" || data8 === "crash" || data8 === "killed")) {
                          validate28.errors = [{ instancePath: instancePath + "/cause", schemaPath: "sysmon:PageCrashCause/enum", keyword: "enum", params: { allowedValues: schema48.enum }, message: "must be equal to one of the allowed values" }];
                          return false;
                        }
                        var valid0 = _errs18 === errors;
                      } else {
                        var valid0 = true;
                      }
                      if (valid0) {
                        if (data.oom_kill_seq !== void 0) {
                          let data9 = data.oom_kill_seq;
                          const _errs21 = errors;
                          if (!(typeof data9 == "number" && (!(data9 % 1) && !isNaN(data9)) && isFinite(data9))) {
                            validate28.errors = [{ instancePath: instancePath + "/oom_kill_seq", schemaPath: "#/properties/oom_kill_seq/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                            return false;
                          }
                          if (errors === _errs21) {
                            if (typeof data9 == "number" && isFinite(data9)) {
                              if (data9 > 9007199254740991 || isNaN(data9)) {
                                validate28.errors = [{ instancePath: instancePath + "/oom_kill_seq", schemaPath: "#/properties/oom_kill_seq/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                                return false;
                              } else {
                                if (data9 < 1 || isNaN(data9)) {
                                  validate28.errors = [{ instancePath: instancePath + "/oom_kill_seq", schemaPath: "#/properties/oom_kill_seq/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }];
                                  return false;
                                }
                              }
                            }
                          }
                          var valid0 = _errs21 === errors;
                        } else {
                          var valid0 = true;
                        }
                        if (valid0) {
                          if (data.process_crashed_seq !== void 0) {
                            let data10 = data.process_crashed_seq;
                            const _errs23 = errors;
                            if (!(typeof data10 == "number" && (!(data10 % 1) && !isNaN(data10)) && isFinite(data10))) {
                              validate28.errors = [{ instancePath: instancePath + "/process_crashed_seq", schemaPath: "#/properties/process_crashed_seq/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                              return false;
                            }
                            if (errors === _errs23) {
                              if (typeof data10 == "number" && isFinite(data10)) {
                                if (data10 > 9007199254740991 || isNaN(data10)) {
                                  validate28.errors = [{ instancePath: instancePath + "/process_crashed_seq", schemaPath: "#/properties/process_crashed_seq/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                                  return false;
                                } else {
                                  if (data10 < 1 || isNaN(data10)) {
                                    validate28.errors = [{ instancePath: instancePath + "/process_crashed_seq", schemaPath: "#/properties/process_crashed_seq/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }];
                                    return false;
                                  }
                                }
                              }
                            }
                            var valid0 = _errs23 === errors;
                          } else {
                            var valid0 = true;
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate28.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate28.errors = vErrors;
  return errors === 0;
}
validate28.evaluated = { "props": { "target_id": true, "target_type": true, "url": true, "title": true, "status": true, "signal": true, "pid": true, "role": true, "cause": true, "oom_kill_seq": true, "process_crashed_seq": true }, "dynamicProps": false, "dynamicItems": false };
var ProcessCrashedData = validate29;
function validate29(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate29.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data.process_name !== void 0) {
        const _errs1 = errors;
        if (typeof data.process_name !== "string") {
          validate29.errors = [{ instancePath: instancePath + "/process_name", schemaPath: "#/properties/process_name/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
          return false;
        }
        var valid0 = _errs1 === errors;
      } else {
        var valid0 = true;
      }
      if (valid0) {
        if (data.pid !== void 0) {
          let data1 = data.pid;
          const _errs3 = errors;
          if (!(typeof data1 == "number" && (!(data1 % 1) && !isNaN(data1)) && isFinite(data1))) {
            validate29.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
            return false;
          }
          if (errors === _errs3) {
            if (typeof data1 == "number" && isFinite(data1)) {
              if (data1 > 9007199254740991 || isNaN(data1)) {
                validate29.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                return false;
              } else {
                if (data1 < 1 || isNaN(data1)) {
                  validate29.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }];
                  return false;
                }
              }
            }
          }
          var valid0 = _errs3 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.signal !== void 0) {
            let data2 = data.signal;
            const _errs5 = errors;
            if (errors === _errs5) {
              if (typeof data2 === "string") {
                if (!pattern4.test(data2)) {
                  validate29.errors = [{ instancePath: instancePath + "/signal", schemaPath: "#/properties/signal/pattern", keyword: "pattern", params: { pattern: "^SIG[A-Z0-9+-]+$" }, message: 'must match pattern "^SIG[A-Z0-9+-]+$"' }];
                  return false;
                }
              } else {
                validate29.errors = [{ instancePath: instancePath + "/signal", schemaPath: "#/properties/signal/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                return false;
              }
            }
            var valid0 = _errs5 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.role !== void 0) {
              let data3 = data.role;
              const _errs7 = errors;
              if (typeof data3 !== "string") {
                validate29.errors = [{ instancePath: instancePath + "/role", schemaPath: "sysmon:ProcessRole/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                return false;
              }
              if (!(data3 === "browser" || data3 === "renderer" || data3 === "gpu" || data3 === "network" || data3 === "utility" || data3 === "zygote")) {
                validate29.errors = [{ instancePath: instancePath + "/role", schemaPath: "sysmon:ProcessRole/enum", keyword: "enum", params: { allowedValues: schema34.enum }, message: "must be equal to one of the allowed values" }];
                return false;
              }
              var valid0 = _errs7 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.error !== void 0) {
                const _errs10 = errors;
                if (typeof data.error !== "string") {
                  validate29.errors = [{ instancePath: instancePath + "/error", schemaPath: "#/properties/error/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
                var valid0 = _errs10 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.address !== void 0) {
                  const _errs12 = errors;
                  if (typeof data.address !== "string") {
                    validate29.errors = [{ instancePath: instancePath + "/address", schemaPath: "#/properties/address/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                    return false;
                  }
                  var valid0 = _errs12 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.instruction !== void 0) {
                    const _errs14 = errors;
                    if (typeof data.instruction !== "string") {
                      validate29.errors = [{ instancePath: instancePath + "/instruction", schemaPath: "#/properties/instruction/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                      return false;
                    }
                    var valid0 = _errs14 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.file !== void 0) {
                      const _errs16 = errors;
                      if (typeof data.file !== "string") {
                        validate29.errors = [{ instancePath: instancePath + "/file", schemaPath: "#/properties/file/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                        return false;
                      }
                      var valid0 = _errs16 === errors;
                    } else {
                      var valid0 = true;
                    }
                    if (valid0) {
                      if (data.offset !== void 0) {
                        const _errs18 = errors;
                        if (typeof data.offset !== "string") {
                          validate29.errors = [{ instancePath: instancePath + "/offset", schemaPath: "#/properties/offset/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                          return false;
                        }
                        var valid0 = _errs18 === errors;
                      } else {
                        var valid0 = true;
                      }
                      if (valid0) {
                        if (data.executable !== void 0) {
                          const _errs20 = errors;
                          if (typeof data.executable !== "string") {
                            validate29.errors = [{ instancePath: instancePath + "/executable", schemaPath: "#/properties/executable/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                            return false;
                          }
                          var valid0 = _errs20 === errors;
                        } else {
                          var valid0 = true;
                        }
                        if (valid0) {
                          if (data.service_name !== void 0) {
                            const _errs22 = errors;
                            if (typeof data.service_name !== "string") {
                              validate29.errors = [{ instancePath: instancePath + "/service_name", schemaPath: "#/properties/service_name/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                              return false;
                            }
                            var valid0 = _errs22 === errors;
                          } else {
                            var valid0 = true;
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate29.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate29.errors = vErrors;
  return errors === 0;
}
validate29.evaluated = { "props": { "process_name": true, "pid": true, "signal": true, "role": true, "error": true, "address": true, "instruction": true, "file": true, "offset": true, "executable": true, "service_name": true }, "dynamicProps": false, "dynamicItems": false };
var MemoryPressureData = validate30;
var schema51 = { "$id": "sysmon:MemoryPressureData", "type": "object", "required": ["reason"], "properties": { "reason": { "type": "string", "enum": ["pressure", "group_high", "group_max"] }, "some_avg10": { "type": "number", "minimum": 0, "maximum": 100 }, "full_avg10": { "type": "number", "minimum": 0, "maximum": 100 }, "group_high": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "group_max": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "mem_total_kb": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "mem_available_kb": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "top_tasks": { "type": "array", "maxItems": 5, "items": { "$ref": "sysmon:OomTask" } }, "url": { "type": "string" } } };
function validate30(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate30.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.reason === void 0 && (missing0 = "reason")) {
        validate30.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        if (data.reason !== void 0) {
          let data0 = data.reason;
          const _errs1 = errors;
          if (typeof data0 !== "string") {
            validate30.errors = [{ instancePath: instancePath + "/reason", schemaPath: "#/properties/reason/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
            return false;
          }
          if (!(data0 === "pressure" || data0 === "group_high" || data0 === "group_max")) {
            validate30.errors = [{ instancePath: instancePath + "/reason", schemaPath: "#/properties/reason/enum", keyword: "enum", params: { allowedValues: schema51.properties.reason.enum }, message: "must be equal to one of the allowed values" }];
            return false;
          }
          var valid0 = _errs1 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.some_avg10 !== void 0) {
            let data1 = data.some_avg10;
            const _errs3 = errors;
            if (errors === _errs3) {
              if (typeof data1 == "number" && isFinite(data1)) {
                if (data1 > 100 || isNaN(data1)) {
                  validate30.errors = [{ instancePath: instancePath + "/some_avg10", schemaPath: "#/properties/some_avg10/maximum", keyword: "maximum", params: { comparison: "<=", limit: 100 }, message: "must be <= 100" }];
                  return false;
                } else {
                  if (data1 < 0 || isNaN(data1)) {
                    validate30.errors = [{ instancePath: instancePath + "/some_avg10", schemaPath: "#/properties/some_avg10/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                    return false;
                  }
                }
              } else {
                validate30.errors = [{ instancePath: instancePath + "/some_avg10", schemaPath: "#/properties/some_avg10/type", keyword: "type", params: { type: "number" }, message: "must be number" }];
                return false;
              }
            }
            var valid0 = _errs3 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.full_avg10 !== void 0) {
              let data2 = data.full_avg10;
              const _errs5 = errors;
              if (errors === _errs5) {
                if (typeof data2 == "number" && isFinite(data2)) {
                  if (data2 > 100 || isNaN(data2)) {
                    validate30.errors = [{ instancePath: instancePath + "/full_avg10", schemaPath: "#/properties/full_avg10/maximum", keyword: "maximum", params: { comparison: "<=", limit: 100 }, message: "must be <= 100" }];
                    return false;
                  } else {
                    if (data2 < 0 || isNaN(data2)) {
                      validate30.errors = [{ instancePath: instancePath + "/full_avg10", schemaPath: "#/properties/full_avg10/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                      return false;
                    }
                  }
                } else {
                  validate30.errors = [{ instancePath: instancePath + "/full_avg10", schemaPath: "#/properties/full_avg10/type", keyword: "type", params: { type: "number" }, message: "must be number" }];
                  return false;
                }
              }
              var valid0 = _errs5 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.group_high !== void 0) {
                let data3 = data.group_high;
                const _errs7 = errors;
                if (!(typeof data3 == "number" && (!(data3 % 1) && !isNaN(data3)) && isFinite(data3))) {
                  validate30.errors = [{ instancePath: instancePath + "/group_high", schemaPath: "#/properties/group_high/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                  return false;
                }
                if (errors === _errs7) {
                  if (typeof data3 == "number" && isFinite(data3)) {
                    if (data3 > 9007199254740991 || isNaN(data3)) {
                      validate30.errors = [{ instancePath: instancePath + "/group_high", schemaPath: "#/properties/group_high/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                      return false;
                    } else {
                      if (data3 < 0 || isNaN(data3)) {
                        validate30.errors = [{ instancePath: instancePath + "/group_high", schemaPath: "#/properties/group_high/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                        return false;
                      }
                    }
                  }
                }
                var valid0 = _errs7 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.group_max !== void 0) {
                  let data4 = data.group_max;
                  const _errs9 = errors;
                  if (!(typeof data4 == "number" && (!(data4 % 1) && !isNaN(data4)) && isFinite(data4))) {
                    validate30.errors = [{ instancePath: instancePath + "/group_max", schemaPath: "#/properties/group_max/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                    return false;
                  }
                  if (errors === _errs9) {
                    if (typeof data4 == "number" && isFinite(data4)) {
                      if (data4 > 9007199254740991 || isNaN(data4)) {
                        validate30.errors = [{ instancePath: instancePath + "/group_max", schemaPath: "#/properties/group_max/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                        return false;
                      } else {
                        if (data4 < 0 || isNaN(data4)) {
                          validate30.errors = [{ instancePath: instancePath + "/group_max", schemaPath: "#/properties/group_max/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                          return false;
                        }
                      }
                    }
                  }
                  var valid0 = _errs9 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.mem_total_kb !== void 0) {
                    let data5 = data.mem_total_kb;
                    const _errs11 = errors;
                    if (!(typeof data5 == "number" && (!(data5 % 1) && !isNaN(data5)) && isFinite(data5))) {
                      validate30.errors = [{ instancePath: instancePath + "/mem_total_kb", schemaPath: "#/properties/mem_total_kb/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                      return false;
                    }
                    if (errors === _errs11) {
                      if (typeof data5 == "number" && isFinite(data5)) {
                        if (data5 > 9007199254740991 || isNaN(data5)) {
                          validate30.errors = [{ instancePath: instancePath + "/mem_total_kb", schemaPath: "#/properties/mem_total_kb/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                          return false;
                        } else {
                          if (data5 < 0 || isNaN(data5)) {
                            validate30.errors = [{ instancePath: instancePath + "/mem_total_kb", schemaPath: "#/properties/mem_total_kb/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                            return false;
                          }
                        }
                      }
                    }
                    var valid0 = _errs11 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.mem_available_kb !== void 0) {
                      let data6 = data.mem_available_kb;
                      const _errs13 = errors;
                      if (!(typeof data6 == "number" && (!(data6 % 1) && !isNaN(data6)) && isFinite(data6))) {
                        validate30.errors = [{ instancePath: instancePath + "/mem_available_kb", schemaPath: "#/properties/mem_available_kb/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                        return false;
                      }
                      if (errors === _errs13) {
                        if (typeof data6 == "number" && isFinite(data6)) {
                          if (data6 > 9007199254740991 || isNaN(data6)) {
                            validate30.errors = [{ instancePath: instancePath + "/mem_available_kb", schemaPath: "#/properties/mem_available_kb/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                            return false;
                          } else {
                            if (data6 < 0 || isNaN(data6)) {
                              validate30.errors = [{ instancePath: instancePath + "/mem_available_kb", schemaPath: "#/properties/mem_available_kb/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                              return false;
                            }
                          }
                        }
                      }
                      var valid0 = _errs13 === errors;
                    } else {
                      var valid0 = true;
                    }
                    if (valid0) {
                      if (data.top_tasks !== void 0) {
                        let data7 = data.top_tasks;
                        const _errs15 = errors;
                        if (errors === _errs15) {
                          if (Array.isArray(data7)) {
                            if (data7.length > 5) {
                              validate30.errors = [{ instancePath: instancePath + "/top_tasks", schemaPath: "#/properties/top_tasks/maxItems", keyword: "maxItems", params: { limit: 5 }, message: "must NOT have more than 5 items" }];
                              return false;
                            } else {
                              var valid1 = true;
                              const len0 = data7.length;
                              for (let i0 = 0; i0 < len0; i0++) {
                                const _errs17 = errors;
                                if (!validate21(data7[i0], { instancePath: instancePath + "/top_tasks/" + i0, parentData: data7, parentDataProperty: i0, rootData, dynamicAnchors })) {
                                  vErrors = vErrors === null ? validate21.errors : vErrors.concat(validate21.errors);
                                  errors = vErrors.length;
                                }
                                var valid1 = _errs17 === errors;
                                if (!valid1) {
                                  break;
                                }
                              }
                            }
                          } else {
                            validate30.errors = [{ instancePath: instancePath + "/top_tasks", schemaPath: "#/properties/top_tasks/type", keyword: "type", params: { type: "array" }, message: "must be array" }];
                            return false;
                          }
                        }
                        var valid0 = _errs15 === errors;
                      } else {
                        var valid0 = true;
                      }
                      if (valid0) {
                        if (data.url !== void 0) {
                          const _errs18 = errors;
                          if (typeof data.url !== "string") {
                            validate30.errors = [{ instancePath: instancePath + "/url", schemaPath: "#/properties/url/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                            return false;
                          }
                          var valid0 = _errs18 === errors;
                        } else {
                          var valid0 = true;
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate30.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate30.errors = vErrors;
  return errors === 0;
}
validate30.evaluated = { "props": { "reason": true, "some_avg10": true, "full_avg10": true, "group_high": true, "group_max": true, "mem_total_kb": true, "mem_available_kb": true, "top_tasks": true, "url": true }, "dynamicProps": false, "dynamicItems": false };
var StreamFrameOrData = validate32;
var schema57 = { "$id": "sysmon:EventSourceKind", "type": "string", "enum": ["cdp", "kernel_api", "extension", "local_process"] };
function validate36(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate36.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.kind === void 0 && (missing0 = "kind")) {
        validate36.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        const _errs1 = errors;
        for (const key0 in data) {
          if (!(key0 === "kind" || key0 === "event" || key0 === "metadata")) {
            validate36.errors = [{ instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" }];
            return false;
            break;
          }
        }
        if (_errs1 === errors) {
          if (data.kind !== void 0) {
            let data0 = data.kind;
            const _errs2 = errors;
            if (typeof data0 !== "string") {
              validate36.errors = [{ instancePath: instancePath + "/kind", schemaPath: "sysmon:EventSourceKind/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
              return false;
            }
            if (!(data0 === "cdp" || data0 === "kernel_api" || data0 === "extension" || data0 === "local_process")) {
              validate36.errors = [{ instancePath: instancePath + "/kind", schemaPath: "sysmon:EventSourceKind/enum", keyword: "enum", params: { allowedValues: schema57.enum }, message: "must be equal to one of the allowed values" }];
              return false;
            }
            var valid0 = _errs2 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.event !== void 0) {
              let data1 = data.event;
              const _errs5 = errors;
              if (errors === _errs5) {
                if (typeof data1 === "string") {
                  if (func1(data1) > 1024) {
                    validate36.errors = [{ instancePath: instancePath + "/event", schemaPath: "#/properties/event/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" }];
                    return false;
                  } else {
                    if (func1(data1) < 1) {
                      validate36.errors = [{ instancePath: instancePath + "/event", schemaPath: "#/properties/event/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }];
                      return false;
                    }
                  }
                } else {
                  validate36.errors = [{ instancePath: instancePath + "/event", schemaPath: "#/properties/event/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
              }
              var valid0 = _errs5 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.metadata !== void 0) {
                let data2 = data.metadata;
                const _errs7 = errors;
                if (errors === _errs7) {
                  if (data2 && typeof data2 == "object" && !Array.isArray(data2)) {
                    for (const key1 in data2) {
                      const _errs10 = errors;
                      if (typeof data2[key1] !== "string") {
                        validate36.errors = [{ instancePath: instancePath + "/metadata/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/metadata/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                        return false;
                      }
                      var valid2 = _errs10 === errors;
                      if (!valid2) {
                        break;
                      }
                    }
                  } else {
                    validate36.errors = [{ instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
                    return false;
                  }
                }
                var valid0 = _errs7 === errors;
              } else {
                var valid0 = true;
              }
            }
          }
        }
      }
    } else {
      validate36.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate36.errors = vErrors;
  return errors === 0;
}
validate36.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
function validate35(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate35.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.ts === void 0 && (missing0 = "ts") || data.type === void 0 && (missing0 = "type") || data.category === void 0 && (missing0 = "category") || data.source === void 0 && (missing0 = "source")) {
        validate35.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        const _errs1 = errors;
        for (const key0 in data) {
          if (!(key0 === "ts" || key0 === "type" || key0 === "category" || key0 === "source" || key0 === "data" || key0 === "truncated")) {
            validate35.errors = [{ instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" }];
            return false;
            break;
          }
        }
        if (_errs1 === errors) {
          if (data.ts !== void 0) {
            let data0 = data.ts;
            const _errs2 = errors;
            if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0))) {
              validate35.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
              return false;
            }
            if (errors === _errs2) {
              if (typeof data0 == "number" && isFinite(data0)) {
                if (data0 > 9007199254740991 || isNaN(data0)) {
                  validate35.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                  return false;
                } else {
                  if (data0 < 0 || isNaN(data0)) {
                    validate35.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                    return false;
                  }
                }
              }
            }
            var valid0 = _errs2 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.type !== void 0) {
              let data1 = data.type;
              const _errs4 = errors;
              if (typeof data1 !== "string") {
                validate35.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                return false;
              }
              if ("system_oom_kill" !== data1) {
                validate35.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/const", keyword: "const", params: { allowedValue: "system_oom_kill" }, message: "must be equal to constant" }];
                return false;
              }
              var valid0 = _errs4 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.category !== void 0) {
                let data2 = data.category;
                const _errs6 = errors;
                if (typeof data2 !== "string") {
                  validate35.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
                if ("system" !== data2) {
                  validate35.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/const", keyword: "const", params: { allowedValue: "system" }, message: "must be equal to constant" }];
                  return false;
                }
                var valid0 = _errs6 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.source !== void 0) {
                  const _errs8 = errors;
                  if (!validate36(data.source, { instancePath: instancePath + "/source", parentData: data, parentDataProperty: "source", rootData, dynamicAnchors })) {
                    vErrors = vErrors === null ? validate36.errors : vErrors.concat(validate36.errors);
                    errors = vErrors.length;
                  }
                  var valid0 = _errs8 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.data !== void 0) {
                    let data4 = data.data;
                    const _errs9 = errors;
                    const _errs10 = errors;
                    let valid1 = false;
                    const _errs11 = errors;
                    if (!validate20(data4, { instancePath: instancePath + "/data", parentData: data, parentDataProperty: "data", rootData, dynamicAnchors })) {
                      vErrors = vErrors === null ? validate20.errors : vErrors.concat(validate20.errors);
                      errors = vErrors.length;
                    }
                    var _valid0 = _errs11 === errors;
                    valid1 = valid1 || _valid0;
                    if (_valid0) {
                      var props0 = {};
                      props0.process_name = true;
                      props0.pid = true;
                      props0.rss_kb = true;
                      props0.constraint = true;
                      props0.mem_total_kb = true;
                      props0.mem_free_kb = true;
                      props0.top_tasks = true;
                      props0.trigger_process_name = true;
                      props0.trigger_pid = true;
                      props0.total_vm_kb = true;
                      props0.oom_score_adj = true;
                      props0.uid = true;
                      props0.swap_kb = true;
                      props0.pgtables_kb = true;
                      props0.oom_memcg = true;
                      props0.task_memcg = true;
                      props0.memcg_limit_kb = true;
                      props0.memcg_usage_kb = true;
                      props0.oom_group = true;
                      props0.in_container = true;
                      props0.victim = true;
                      props0.diagnosis = true;
                    }
                    const _errs12 = errors;
                    if (data4 !== null) {
                      const err0 = { instancePath: instancePath + "/data", schemaPath: "#/properties/data/anyOf/1/type", keyword: "type", params: { type: "null" }, message: "must be null" };
                      if (vErrors === null) {
                        vErrors = [err0];
                      } else {
                        vErrors.push(err0);
                      }
                      errors++;
                    }
                    var _valid0 = _errs12 === errors;
                    valid1 = valid1 || _valid0;
                    if (!valid1) {
                      const err1 = { instancePath: instancePath + "/data", schemaPath: "#/properties/data/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
                      if (vErrors === null) {
                        vErrors = [err1];
                      } else {
                        vErrors.push(err1);
                      }
                      errors++;
                      validate35.errors = vErrors;
                      return false;
                    } else {
                      errors = _errs10;
                      if (vErrors !== null) {
                        if (_errs10) {
                          vErrors.length = _errs10;
                        } else {
                          vErrors = null;
                        }
                      }
                    }
                    var valid0 = _errs9 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.truncated !== void 0) {
                      let data5 = data.truncated;
                      const _errs14 = errors;
                      if (typeof data5 !== "boolean") {
                        validate35.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }];
                        return false;
                      }
                      if (true !== data5) {
                        validate35.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/const", keyword: "const", params: { allowedValue: true }, message: "must be equal to constant" }];
                        return false;
                      }
                      var valid0 = _errs14 === errors;
                    } else {
                      var valid0 = true;
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate35.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate35.errors = vErrors;
  return errors === 0;
}
validate35.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
function validate40(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate40.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.ts === void 0 && (missing0 = "ts") || data.type === void 0 && (missing0 = "type") || data.category === void 0 && (missing0 = "category") || data.source === void 0 && (missing0 = "source")) {
        validate40.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        const _errs1 = errors;
        for (const key0 in data) {
          if (!(key0 === "ts" || key0 === "type" || key0 === "category" || key0 === "source" || key0 === "data" || key0 === "truncated")) {
            validate40.errors = [{ instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" }];
            return false;
            break;
          }
        }
        if (_errs1 === errors) {
          if (data.ts !== void 0) {
            let data0 = data.ts;
            const _errs2 = errors;
            if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0))) {
              validate40.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
              return false;
            }
            if (errors === _errs2) {
              if (typeof data0 == "number" && isFinite(data0)) {
                if (data0 > 9007199254740991 || isNaN(data0)) {
                  validate40.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                  return false;
                } else {
                  if (data0 < 0 || isNaN(data0)) {
                    validate40.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                    return false;
                  }
                }
              }
            }
            var valid0 = _errs2 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.type !== void 0) {
              let data1 = data.type;
              const _errs4 = errors;
              if (typeof data1 !== "string") {
                validate40.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                return false;
              }
              if ("service_crashed" !== data1) {
                validate40.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/const", keyword: "const", params: { allowedValue: "service_crashed" }, message: "must be equal to constant" }];
                return false;
              }
              var valid0 = _errs4 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.category !== void 0) {
                let data2 = data.category;
                const _errs6 = errors;
                if (typeof data2 !== "string") {
                  validate40.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
                if ("system" !== data2) {
                  validate40.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/const", keyword: "const", params: { allowedValue: "system" }, message: "must be equal to constant" }];
                  return false;
                }
                var valid0 = _errs6 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.source !== void 0) {
                  const _errs8 = errors;
                  if (!validate36(data.source, { instancePath: instancePath + "/source", parentData: data, parentDataProperty: "source", rootData, dynamicAnchors })) {
                    vErrors = vErrors === null ? validate36.errors : vErrors.concat(validate36.errors);
                    errors = vErrors.length;
                  }
                  var valid0 = _errs8 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.data !== void 0) {
                    let data4 = data.data;
                    const _errs9 = errors;
                    const _errs10 = errors;
                    let valid1 = false;
                    const _errs11 = errors;
                    if (!validate25(data4, { instancePath: instancePath + "/data", parentData: data, parentDataProperty: "data", rootData, dynamicAnchors })) {
                      vErrors = vErrors === null ? validate25.errors : vErrors.concat(validate25.errors);
                      errors = vErrors.length;
                    }
                    var _valid0 = _errs11 === errors;
                    valid1 = valid1 || _valid0;
                    if (_valid0) {
                      var props0 = {};
                      props0.service_name = true;
                      props0.phase = true;
                      props0.pid = true;
                      props0.group_name = true;
                      props0.exit_code = true;
                      props0.signal = true;
                      props0.core_dumped = true;
                      props0.restart_attempt = true;
                      props0.oom_kill_seq = true;
                      props0.process_crashed_seq = true;
                    }
                    const _errs12 = errors;
                    if (data4 !== null) {
                      const err0 = { instancePath: instancePath + "/data", schemaPath: "#/properties/data/anyOf/1/type", keyword: "type", params: { type: "null" }, message: "must be null" };
                      if (vErrors === null) {
                        vErrors = [err0];
                      } else {
                        vErrors.push(err0);
                      }
                      errors++;
                    }
                    var _valid0 = _errs12 === errors;
                    valid1 = valid1 || _valid0;
                    if (!valid1) {
                      const err1 = { instancePath: instancePath + "/data", schemaPath: "#/properties/data/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
                      if (vErrors === null) {
                        vErrors = [err1];
                      } else {
                        vErrors.push(err1);
                      }
                      errors++;
                      validate40.errors = vErrors;
                      return false;
                    } else {
                      errors = _errs10;
                      if (vErrors !== null) {
                        if (_errs10) {
                          vErrors.length = _errs10;
                        } else {
                          vErrors = null;
                        }
                      }
                    }
                    var valid0 = _errs9 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.truncated !== void 0) {
                      let data5 = data.truncated;
                      const _errs14 = errors;
                      if (typeof data5 !== "boolean") {
                        validate40.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }];
                        return false;
                      }
                      if (true !== data5) {
                        validate40.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/const", keyword: "const", params: { allowedValue: true }, message: "must be equal to constant" }];
                        return false;
                      }
                      var valid0 = _errs14 === errors;
                    } else {
                      var valid0 = true;
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate40.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate40.errors = vErrors;
  return errors === 0;
}
validate40.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
function validate44(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate44.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.ts === void 0 && (missing0 = "ts") || data.type === void 0 && (missing0 = "type") || data.category === void 0 && (missing0 = "category") || data.source === void 0 && (missing0 = "source")) {
        validate44.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        const _errs1 = errors;
        for (const key0 in data) {
          if (!(key0 === "ts" || key0 === "type" || key0 === "category" || key0 === "source" || key0 === "data" || key0 === "truncated")) {
            validate44.errors = [{ instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" }];
            return false;
            break;
          }
        }
        if (_errs1 === errors) {
          if (data.ts !== void 0) {
            let data0 = data.ts;
            const _errs2 = errors;
            if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0))) {
              validate44.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
              return false;
            }
            if (errors === _errs2) {
              if (typeof data0 == "number" && isFinite(data0)) {
                if (data0 > 9007199254740991 || isNaN(data0)) {
                  validate44.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                  return false;
                } else {
                  if (data0 < 0 || isNaN(data0)) {
                    validate44.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                    return false;
                  }
                }
              }
            }
            var valid0 = _errs2 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.type !== void 0) {
              let data1 = data.type;
              const _errs4 = errors;
              if (typeof data1 !== "string") {
                validate44.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                return false;
              }
              if ("telemetry_gap" !== data1) {
                validate44.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/const", keyword: "const", params: { allowedValue: "telemetry_gap" }, message: "must be equal to constant" }];
                return false;
              }
              var valid0 = _errs4 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.category !== void 0) {
                let data2 = data.category;
                const _errs6 = errors;
                if (typeof data2 !== "string") {
                  validate44.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
                if ("monitor" !== data2) {
                  validate44.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/const", keyword: "const", params: { allowedValue: "monitor" }, message: "must be equal to constant" }];
                  return false;
                }
                var valid0 = _errs6 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.source !== void 0) {
                  const _errs8 = errors;
                  if (!validate36(data.source, { instancePath: instancePath + "/source", parentData: data, parentDataProperty: "source", rootData, dynamicAnchors })) {
                    vErrors = vErrors === null ? validate36.errors : vErrors.concat(validate36.errors);
                    errors = vErrors.length;
                  }
                  var valid0 = _errs8 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.data !== void 0) {
                    let data4 = data.data;
                    const _errs9 = errors;
                    const _errs10 = errors;
                    let valid1 = false;
                    const _errs11 = errors;
                    if (!validate26(data4, { instancePath: instancePath + "/data", parentData: data, parentDataProperty: "data", rootData, dynamicAnchors })) {
                      vErrors = vErrors === null ? validate26.errors : vErrors.concat(validate26.errors);
                      errors = vErrors.length;
                    }
                    var _valid0 = _errs11 === errors;
                    valid1 = valid1 || _valid0;
                    if (_valid0) {
                      var props0 = {};
                      props0.source = true;
                      props0.lost = true;
                      props0.reason = true;
                      props0.from = true;
                      props0.to = true;
                    }
                    const _errs12 = errors;
                    if (data4 !== null) {
                      const err0 = { instancePath: instancePath + "/data", schemaPath: "#/properties/data/anyOf/1/type", keyword: "type", params: { type: "null" }, message: "must be null" };
                      if (vErrors === null) {
                        vErrors = [err0];
                      } else {
                        vErrors.push(err0);
                      }
                      errors++;
                    }
                    var _valid0 = _errs12 === errors;
                    valid1 = valid1 || _valid0;
                    if (!valid1) {
                      const err1 = { instancePath: instancePath + "/data", schemaPath: "#/properties/data/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
                      if (vErrors === null) {
                        vErrors = [err1];
                      } else {
                        vErrors.push(err1);
                      }
                      errors++;
                      validate44.errors = vErrors;
                      return false;
                    } else {
                      errors = _errs10;
                      if (vErrors !== null) {
                        if (_errs10) {
                          vErrors.length = _errs10;
                        } else {
                          vErrors = null;
                        }
                      }
                    }
                    var valid0 = _errs9 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.truncated !== void 0) {
                      let data5 = data.truncated;
                      const _errs14 = errors;
                      if (typeof data5 !== "boolean") {
                        validate44.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }];
                        return false;
                      }
                      if (true !== data5) {
                        validate44.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/const", keyword: "const", params: { allowedValue: true }, message: "must be equal to constant" }];
                        return false;
                      }
                      var valid0 = _errs14 === errors;
                    } else {
                      var valid0 = true;
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate44.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate44.errors = vErrors;
  return errors === 0;
}
validate44.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
function validate48(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate48.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.ts === void 0 && (missing0 = "ts") || data.type === void 0 && (missing0 = "type") || data.category === void 0 && (missing0 = "category") || data.source === void 0 && (missing0 = "source")) {
        validate48.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        const _errs1 = errors;
        for (const key0 in data) {
          if (!(key0 === "ts" || key0 === "type" || key0 === "category" || key0 === "source" || key0 === "data" || key0 === "truncated")) {
            validate48.errors = [{ instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" }];
            return false;
            break;
          }
        }
        if (_errs1 === errors) {
          if (data.ts !== void 0) {
            let data0 = data.ts;
            const _errs2 = errors;
            if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0))) {
              validate48.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
              return false;
            }
            if (errors === _errs2) {
              if (typeof data0 == "number" && isFinite(data0)) {
                if (data0 > 9007199254740991 || isNaN(data0)) {
                  validate48.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                  return false;
                } else {
                  if (data0 < 0 || isNaN(data0)) {
                    validate48.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                    return false;
                  }
                }
              }
            }
            var valid0 = _errs2 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.type !== void 0) {
              let data1 = data.type;
              const _errs4 = errors;
              if (typeof data1 !== "string") {
                validate48.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                return false;
              }
              if ("telemetry_configured" !== data1) {
                validate48.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/const", keyword: "const", params: { allowedValue: "telemetry_configured" }, message: "must be equal to constant" }];
                return false;
              }
              var valid0 = _errs4 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.category !== void 0) {
                let data2 = data.category;
                const _errs6 = errors;
                if (typeof data2 !== "string") {
                  validate48.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
                if ("monitor" !== data2) {
                  validate48.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/const", keyword: "const", params: { allowedValue: "monitor" }, message: "must be equal to constant" }];
                  return false;
                }
                var valid0 = _errs6 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.source !== void 0) {
                  const _errs8 = errors;
                  if (!validate36(data.source, { instancePath: instancePath + "/source", parentData: data, parentDataProperty: "source", rootData, dynamicAnchors })) {
                    vErrors = vErrors === null ? validate36.errors : vErrors.concat(validate36.errors);
                    errors = vErrors.length;
                  }
                  var valid0 = _errs8 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.data !== void 0) {
                    let data4 = data.data;
                    const _errs9 = errors;
                    const _errs10 = errors;
                    let valid1 = false;
                    const _errs11 = errors;
                    if (!validate27(data4, { instancePath: instancePath + "/data", parentData: data, parentDataProperty: "data", rootData, dynamicAnchors })) {
                      vErrors = vErrors === null ? validate27.errors : vErrors.concat(validate27.errors);
                      errors = vErrors.length;
                    }
                    var _valid0 = _errs11 === errors;
                    valid1 = valid1 || _valid0;
                    if (_valid0) {
                      var props0 = {};
                      props0.method = true;
                      props0.turned_on = true;
                      props0.turned_off = true;
                      props0.address = true;
                      props0.user_agent = true;
                    }
                    const _errs12 = errors;
                    if (data4 !== null) {
                      const err0 = { instancePath: instancePath + "/data", schemaPath: "#/properties/data/anyOf/1/type", keyword: "type", params: { type: "null" }, message: "must be null" };
                      if (vErrors === null) {
                        vErrors = [err0];
                      } else {
                        vErrors.push(err0);
                      }
                      errors++;
                    }
                    var _valid0 = _errs12 === errors;
                    valid1 = valid1 || _valid0;
                    if (!valid1) {
                      const err1 = { instancePath: instancePath + "/data", schemaPath: "#/properties/data/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
                      if (vErrors === null) {
                        vErrors = [err1];
                      } else {
                        vErrors.push(err1);
                      }
                      errors++;
                      validate48.errors = vErrors;
                      return false;
                    } else {
                      errors = _errs10;
                      if (vErrors !== null) {
                        if (_errs10) {
                          vErrors.length = _errs10;
                        } else {
                          vErrors = null;
                        }
                      }
                    }
                    var valid0 = _errs9 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.truncated !== void 0) {
                      let data5 = data.truncated;
                      const _errs14 = errors;
                      if (typeof data5 !== "boolean") {
                        validate48.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }];
                        return false;
                      }
                      if (true !== data5) {
                        validate48.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/const", keyword: "const", params: { allowedValue: true }, message: "must be equal to constant" }];
                        return false;
                      }
                      var valid0 = _errs14 === errors;
                    } else {
                      var valid0 = true;
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate48.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate48.errors = vErrors;
  return errors === 0;
}
validate48.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
function validate52(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate52.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.ts === void 0 && (missing0 = "ts") || data.type === void 0 && (missing0 = "type") || data.category === void 0 && (missing0 = "category") || data.source === void 0 && (missing0 = "source")) {
        validate52.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        const _errs1 = errors;
        for (const key0 in data) {
          if (!(key0 === "ts" || key0 === "type" || key0 === "category" || key0 === "source" || key0 === "data" || key0 === "truncated")) {
            validate52.errors = [{ instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" }];
            return false;
            break;
          }
        }
        if (_errs1 === errors) {
          if (data.ts !== void 0) {
            let data0 = data.ts;
            const _errs2 = errors;
            if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0))) {
              validate52.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
              return false;
            }
            if (errors === _errs2) {
              if (typeof data0 == "number" && isFinite(data0)) {
                if (data0 > 9007199254740991 || isNaN(data0)) {
                  validate52.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                  return false;
                } else {
                  if (data0 < 0 || isNaN(data0)) {
                    validate52.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                    return false;
                  }
                }
              }
            }
            var valid0 = _errs2 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.type !== void 0) {
              let data1 = data.type;
              const _errs4 = errors;
              if (typeof data1 !== "string") {
                validate52.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                return false;
              }
              if ("page_crashed" !== data1) {
                validate52.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/const", keyword: "const", params: { allowedValue: "page_crashed" }, message: "must be equal to constant" }];
                return false;
              }
              var valid0 = _errs4 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.category !== void 0) {
                let data2 = data.category;
                const _errs6 = errors;
                if (typeof data2 !== "string") {
                  validate52.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
                if ("page" !== data2) {
                  validate52.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/const", keyword: "const", params: { allowedValue: "page" }, message: "must be equal to constant" }];
                  return false;
                }
                var valid0 = _errs6 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.source !== void 0) {
                  const _errs8 = errors;
                  if (!validate36(data.source, { instancePath: instancePath + "/source", parentData: data, parentDataProperty: "source", rootData, dynamicAnchors })) {
                    vErrors = vErrors === null ? validate36.errors : vErrors.concat(validate36.errors);
                    errors = vErrors.length;
                  }
                  var valid0 = _errs8 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.data !== void 0) {
                    let data4 = data.data;
                    const _errs9 = errors;
                    const _errs10 = errors;
                    let valid1 = false;
                    const _errs11 = errors;
                    if (!validate28(data4, { instancePath: instancePath + "/data", parentData: data, parentDataProperty: "data", rootData, dynamicAnchors })) {
                      vErrors = vErrors === null ? validate28.errors : vErrors.concat(validate28.errors);
                      errors = vErrors.length;
                    }
                    var _valid0 = _errs11 === errors;
                    valid1 = valid1 || _valid0;
                    if (_valid0) {
                      var props0 = {};
                      props0.target_id = true;
                      props0.target_type = true;
                      props0.url = true;
                      props0.title = true;
                      props0.status = true;
                      props0.signal = true;
                      props0.pid = true;
                      props0.role = true;
                      props0.cause = true;
                      props0.oom_kill_seq = true;
                      props0.process_crashed_seq = true;
                    }
                    const _errs12 = errors;
                    if (data4 !== null) {
                      const err0 = { instancePath: instancePath + "/data", schemaPath: "#/properties/data/anyOf/1/type", keyword: "type", params: { type: "null" }, message: "must be null" };
                      if (vErrors === null) {
                        vErrors = [err0];
                      } else {
                        vErrors.push(err0);
                      }
                      errors++;
                    }
                    var _valid0 = _errs12 === errors;
                    valid1 = valid1 || _valid0;
                    if (!valid1) {
                      const err1 = { instancePath: instancePath + "/data", schemaPath: "#/properties/data/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
                      if (vErrors === null) {
                        vErrors = [err1];
                      } else {
                        vErrors.push(err1);
                      }
                      errors++;
                      validate52.errors = vErrors;
                      return false;
                    } else {
                      errors = _errs10;
                      if (vErrors !== null) {
                        if (_errs10) {
                          vErrors.length = _errs10;
                        } else {
                          vErrors = null;
                        }
                      }
                    }
                    var valid0 = _errs9 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.truncated !== void 0) {
                      let data5 = data.truncated;
                      const _errs14 = errors;
                      if (typeof data5 !== "boolean") {
                        validate52.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }];
                        return false;
                      }
                      if (true !== data5) {
                        validate52.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/const", keyword: "const", params: { allowedValue: true }, message: "must be equal to constant" }];
                        return false;
                      }
                      var valid0 = _errs14 === errors;
                    } else {
                      var valid0 = true;
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate52.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate52.errors = vErrors;
  return errors === 0;
}
validate52.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
function validate56(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate56.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.ts === void 0 && (missing0 = "ts") || data.type === void 0 && (missing0 = "type") || data.category === void 0 && (missing0 = "category") || data.source === void 0 && (missing0 = "source")) {
        validate56.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        const _errs1 = errors;
        for (const key0 in data) {
          if (!(key0 === "ts" || key0 === "type" || key0 === "category" || key0 === "source" || key0 === "data" || key0 === "truncated")) {
            validate56.errors = [{ instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" }];
            return false;
            break;
          }
        }
        if (_errs1 === errors) {
          if (data.ts !== void 0) {
            let data0 = data.ts;
            const _errs2 = errors;
            if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0))) {
              validate56.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
              return false;
            }
            if (errors === _errs2) {
              if (typeof data0 == "number" && isFinite(data0)) {
                if (data0 > 9007199254740991 || isNaN(data0)) {
                  validate56.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                  return false;
                } else {
                  if (data0 < 0 || isNaN(data0)) {
                    validate56.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                    return false;
                  }
                }
              }
            }
            var valid0 = _errs2 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.type !== void 0) {
              let data1 = data.type;
              const _errs4 = errors;
              if (typeof data1 !== "string") {
                validate56.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                return false;
              }
              if ("process_crashed" !== data1) {
                validate56.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/const", keyword: "const", params: { allowedValue: "process_crashed" }, message: "must be equal to constant" }];
                return false;
              }
              var valid0 = _errs4 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.category !== void 0) {
                let data2 = data.category;
                const _errs6 = errors;
                if (typeof data2 !== "string") {
                  validate56.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
                if ("system" !== data2) {
                  validate56.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/const", keyword: "const", params: { allowedValue: "system" }, message: "must be equal to constant" }];
                  return false;
                }
                var valid0 = _errs6 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.source !== void 0) {
                  const _errs8 = errors;
                  if (!validate36(data.source, { instancePath: instancePath + "/source", parentData: data, parentDataProperty: "source", rootData, dynamicAnchors })) {
                    vErrors = vErrors === null ? validate36.errors : vErrors.concat(validate36.errors);
                    errors = vErrors.length;
                  }
                  var valid0 = _errs8 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.data !== void 0) {
                    let data4 = data.data;
                    const _errs9 = errors;
                    const _errs10 = errors;
                    let valid1 = false;
                    const _errs11 = errors;
                    if (!validate29(data4, { instancePath: instancePath + "/data", parentData: data, parentDataProperty: "data", rootData, dynamicAnchors })) {
                      vErrors = vErrors === null ? validate29.errors : vErrors.concat(validate29.errors);
                      errors = vErrors.length;
                    }
                    var _valid0 = _errs11 === errors;
                    valid1 = valid1 || _valid0;
                    if (_valid0) {
                      var props0 = {};
                      props0.process_name = true;
                      props0.pid = true;
                      props0.signal = true;
                      props0.role = true;
                      props0.error = true;
                      props0.address = true;
                      props0.instruction = true;
                      props0.file = true;
                      props0.offset = true;
                      props0.executable = true;
                      props0.service_name = true;
                    }
                    const _errs12 = errors;
                    if (data4 !== null) {
                      const err0 = { instancePath: instancePath + "/data", schemaPath: "#/properties/data/anyOf/1/type", keyword: "type", params: { type: "null" }, message: "must be null" };
                      if (vErrors === null) {
                        vErrors = [err0];
                      } else {
                        vErrors.push(err0);
                      }
                      errors++;
                    }
                    var _valid0 = _errs12 === errors;
                    valid1 = valid1 || _valid0;
                    if (!valid1) {
                      const err1 = { instancePath: instancePath + "/data", schemaPath: "#/properties/data/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
                      if (vErrors === null) {
                        vErrors = [err1];
                      } else {
                        vErrors.push(err1);
                      }
                      errors++;
                      validate56.errors = vErrors;
                      return false;
                    } else {
                      errors = _errs10;
                      if (vErrors !== null) {
                        if (_errs10) {
                          vErrors.length = _errs10;
                        } else {
                          vErrors = null;
                        }
                      }
                    }
                    var valid0 = _errs9 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.truncated !== void 0) {
                      let data5 = data.truncated;
                      const _errs14 = errors;
                      if (typeof data5 !== "boolean") {
                        validate56.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }];
                        return false;
                      }
                      if (true !== data5) {
                        validate56.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/const", keyword: "const", params: { allowedValue: true }, message: "must be equal to constant" }];
                        return false;
                      }
                      var valid0 = _errs14 === errors;
                    } else {
                      var valid0 = true;
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate56.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate56.errors = vErrors;
  return errors === 0;
}
validate56.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
function validate60(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate60.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.ts === void 0 && (missing0 = "ts") || data.type === void 0 && (missing0 = "type") || data.category === void 0 && (missing0 = "category") || data.source === void 0 && (missing0 = "source")) {
        validate60.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        const _errs1 = errors;
        for (const key0 in data) {
          if (!(key0 === "ts" || key0 === "type" || key0 === "category" || key0 === "source" || key0 === "data" || key0 === "truncated")) {
            validate60.errors = [{ instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" }];
            return false;
            break;
          }
        }
        if (_errs1 === errors) {
          if (data.ts !== void 0) {
            let data0 = data.ts;
            const _errs2 = errors;
            if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0))) {
              validate60.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
              return false;
            }
            if (errors === _errs2) {
              if (typeof data0 == "number" && isFinite(data0)) {
                if (data0 > 9007199254740991 || isNaN(data0)) {
                  validate60.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                  return false;
                } else {
                  if (data0 < 0 || isNaN(data0)) {
                    validate60.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                    return false;
                  }
                }
              }
            }
            var valid0 = _errs2 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.type !== void 0) {
              let data1 = data.type;
              const _errs4 = errors;
              if (typeof data1 !== "string") {
                validate60.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                return false;
              }
              if ("memory_pressure" !== data1) {
                validate60.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/const", keyword: "const", params: { allowedValue: "memory_pressure" }, message: "must be equal to constant" }];
                return false;
              }
              var valid0 = _errs4 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.category !== void 0) {
                let data2 = data.category;
                const _errs6 = errors;
                if (typeof data2 !== "string") {
                  validate60.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
                if ("monitor" !== data2) {
                  validate60.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/const", keyword: "const", params: { allowedValue: "monitor" }, message: "must be equal to constant" }];
                  return false;
                }
                var valid0 = _errs6 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.source !== void 0) {
                  const _errs8 = errors;
                  if (!validate36(data.source, { instancePath: instancePath + "/source", parentData: data, parentDataProperty: "source", rootData, dynamicAnchors })) {
                    vErrors = vErrors === null ? validate36.errors : vErrors.concat(validate36.errors);
                    errors = vErrors.length;
                  }
                  var valid0 = _errs8 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.data !== void 0) {
                    let data4 = data.data;
                    const _errs9 = errors;
                    const _errs10 = errors;
                    let valid1 = false;
                    const _errs11 = errors;
                    if (!validate30(data4, { instancePath: instancePath + "/data", parentData: data, parentDataProperty: "data", rootData, dynamicAnchors })) {
                      vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
                      errors = vErrors.length;
                    }
                    var _valid0 = _errs11 === errors;
                    valid1 = valid1 || _valid0;
                    if (_valid0) {
                      var props0 = {};
                      props0.reason = true;
                      props0.some_avg10 = true;
                      props0.full_avg10 = true;
                      props0.group_high = true;
                      props0.group_max = true;
                      props0.mem_total_kb = true;
                      props0.mem_available_kb = true;
                      props0.top_tasks = true;
                      props0.url = true;
                    }
                    const _errs12 = errors;
                    if (data4 !== null) {
                      const err0 = { instancePath: instancePath + "/data", schemaPath: "#/properties/data/anyOf/1/type", keyword: "type", params: { type: "null" }, message: "must be null" };
                      if (vErrors === null) {
                        vErrors = [err0];
                      } else {
                        vErrors.push(err0);
                      }
                      errors++;
                    }
                    var _valid0 = _errs12 === errors;
                    valid1 = valid1 || _valid0;
                    if (!valid1) {
                      const err1 = { instancePath: instancePath + "/data", schemaPath: "#/properties/data/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
                      if (vErrors === null) {
                        vErrors = [err1];
                      } else {
                        vErrors.push(err1);
                      }
                      errors++;
                      validate60.errors = vErrors;
                      return false;
                    } else {
                      errors = _errs10;
                      if (vErrors !== null) {
                        if (_errs10) {
                          vErrors.length = _errs10;
                        } else {
                          vErrors = null;
                        }
                      }
                    }
                    var valid0 = _errs9 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.truncated !== void 0) {
                      let data5 = data.truncated;
                      const _errs14 = errors;
                      if (typeof data5 !== "boolean") {
                        validate60.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }];
                        return false;
                      }
                      if (true !== data5) {
                        validate60.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/const", keyword: "const", params: { allowedValue: true }, message: "must be equal to constant" }];
                        return false;
                      }
                      var valid0 = _errs14 === errors;
                    } else {
                      var valid0 = true;
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate60.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate60.errors = vErrors;
  return errors === 0;
}
validate60.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
function validate64(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate64.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.ts === void 0 && (missing0 = "ts") || data.type === void 0 && (missing0 = "type") || data.category === void 0 && (missing0 = "category") || data.source === void 0 && (missing0 = "source")) {
        validate64.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        const _errs1 = errors;
        for (const key0 in data) {
          if (!(key0 === "ts" || key0 === "type" || key0 === "category" || key0 === "source" || key0 === "data" || key0 === "truncated")) {
            validate64.errors = [{ instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" }];
            return false;
            break;
          }
        }
        if (_errs1 === errors) {
          if (data.ts !== void 0) {
            let data0 = data.ts;
            const _errs2 = errors;
            if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0))) {
              validate64.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
              return false;
            }
            if (errors === _errs2) {
              if (typeof data0 == "number" && isFinite(data0)) {
                if (data0 > 9007199254740991 || isNaN(data0)) {
                  validate64.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                  return false;
                } else {
                  if (data0 < 0 || isNaN(data0)) {
                    validate64.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                    return false;
                  }
                }
              }
            }
            var valid0 = _errs2 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.type !== void 0) {
              let data1 = data.type;
              const _errs4 = errors;
              const _errs6 = errors;
              const _errs7 = errors;
              if (typeof data1 !== "string") {
                const err0 = {};
                if (vErrors === null) {
                  vErrors = [err0];
                } else {
                  vErrors.push(err0);
                }
                errors++;
              }
              if (!(data1 === "system_oom_kill" || data1 === "service_crashed" || data1 === "page_crashed" || data1 === "process_crashed" || data1 === "memory_pressure" || data1 === "telemetry_gap" || data1 === "telemetry_configured")) {
                const err1 = {};
                if (vErrors === null) {
                  vErrors = [err1];
                } else {
                  vErrors.push(err1);
                }
                errors++;
              }
              var valid1 = _errs7 === errors;
              if (valid1) {
                validate64.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/not", keyword: "not", params: {}, message: "must NOT be valid" }];
                return false;
              } else {
                errors = _errs6;
                if (vErrors !== null) {
                  if (_errs6) {
                    vErrors.length = _errs6;
                  } else {
                    vErrors = null;
                  }
                }
              }
              if (errors === _errs4) {
                if (typeof data1 === "string") {
                  if (func1(data1) > 256) {
                    validate64.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }];
                    return false;
                  } else {
                    if (func1(data1) < 1) {
                      validate64.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }];
                      return false;
                    }
                  }
                } else {
                  validate64.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
              }
              var valid0 = _errs4 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.category !== void 0) {
                let data2 = data.category;
                const _errs10 = errors;
                if (typeof data2 !== "string") {
                  validate64.errors = [{ instancePath: instancePath + "/category", schemaPath: "sysmon:EventCategory/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
                if (!(data2 === "console" || data2 === "network" || data2 === "page" || data2 === "interaction" || data2 === "control" || data2 === "connection" || data2 === "system" || data2 === "screenshot" || data2 === "captcha" || data2 === "monitor" || data2 === "platform")) {
                  validate64.errors = [{ instancePath: instancePath + "/category", schemaPath: "sysmon:EventCategory/enum", keyword: "enum", params: { allowedValues: schema44.enum }, message: "must be equal to one of the allowed values" }];
                  return false;
                }
                var valid0 = _errs10 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.source !== void 0) {
                  const _errs13 = errors;
                  if (!validate36(data.source, { instancePath: instancePath + "/source", parentData: data, parentDataProperty: "source", rootData, dynamicAnchors })) {
                    vErrors = vErrors === null ? validate36.errors : vErrors.concat(validate36.errors);
                    errors = vErrors.length;
                  }
                  var valid0 = _errs13 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.truncated !== void 0) {
                    let data4 = data.truncated;
                    const _errs14 = errors;
                    if (typeof data4 !== "boolean") {
                      validate64.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }];
                      return false;
                    }
                    if (true !== data4) {
                      validate64.errors = [{ instancePath: instancePath + "/truncated", schemaPath: "#/properties/truncated/const", keyword: "const", params: { allowedValue: true }, message: "must be equal to constant" }];
                      return false;
                    }
                    var valid0 = _errs14 === errors;
                  } else {
                    var valid0 = true;
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate64.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate64.errors = vErrors;
  return errors === 0;
}
validate64.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
function validate34(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate34.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  const _errs0 = errors;
  let valid0 = false;
  const _errs1 = errors;
  if (!validate35(data, { instancePath, parentData, parentDataProperty, rootData, dynamicAnchors })) {
    vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
    errors = vErrors.length;
  }
  var _valid0 = _errs1 === errors;
  valid0 = valid0 || _valid0;
  if (_valid0) {
    var props0 = true;
  }
  const _errs2 = errors;
  if (!validate40(data, { instancePath, parentData, parentDataProperty, rootData, dynamicAnchors })) {
    vErrors = vErrors === null ? validate40.errors : vErrors.concat(validate40.errors);
    errors = vErrors.length;
  }
  var _valid0 = _errs2 === errors;
  valid0 = valid0 || _valid0;
  if (_valid0) {
    if (props0 !== true) {
      props0 = true;
    }
  }
  const _errs3 = errors;
  if (!validate44(data, { instancePath, parentData, parentDataProperty, rootData, dynamicAnchors })) {
    vErrors = vErrors === null ? validate44.errors : vErrors.concat(validate44.errors);
    errors = vErrors.length;
  }
  var _valid0 = _errs3 === errors;
  valid0 = valid0 || _valid0;
  if (_valid0) {
    if (props0 !== true) {
      props0 = true;
    }
  }
  const _errs4 = errors;
  if (!validate48(data, { instancePath, parentData, parentDataProperty, rootData, dynamicAnchors })) {
    vErrors = vErrors === null ? validate48.errors : vErrors.concat(validate48.errors);
    errors = vErrors.length;
  }
  var _valid0 = _errs4 === errors;
  valid0 = valid0 || _valid0;
  if (_valid0) {
    if (props0 !== true) {
      props0 = true;
    }
  }
  const _errs5 = errors;
  if (!validate52(data, { instancePath, parentData, parentDataProperty, rootData, dynamicAnchors })) {
    vErrors = vErrors === null ? validate52.errors : vErrors.concat(validate52.errors);
    errors = vErrors.length;
  }
  var _valid0 = _errs5 === errors;
  valid0 = valid0 || _valid0;
  if (_valid0) {
    if (props0 !== true) {
      props0 = true;
    }
  }
  const _errs6 = errors;
  if (!validate56(data, { instancePath, parentData, parentDataProperty, rootData, dynamicAnchors })) {
    vErrors = vErrors === null ? validate56.errors : vErrors.concat(validate56.errors);
    errors = vErrors.length;
  }
  var _valid0 = _errs6 === errors;
  valid0 = valid0 || _valid0;
  if (_valid0) {
    if (props0 !== true) {
      props0 = true;
    }
  }
  const _errs7 = errors;
  if (!validate60(data, { instancePath, parentData, parentDataProperty, rootData, dynamicAnchors })) {
    vErrors = vErrors === null ? validate60.errors : vErrors.concat(validate60.errors);
    errors = vErrors.length;
  }
  var _valid0 = _errs7 === errors;
  valid0 = valid0 || _valid0;
  if (_valid0) {
    if (props0 !== true) {
      props0 = true;
    }
  }
  const _errs8 = errors;
  if (!validate64(data, { instancePath, parentData, parentDataProperty, rootData, dynamicAnchors })) {
    vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
    errors = vErrors.length;
  }
  var _valid0 = _errs8 === errors;
  valid0 = valid0 || _valid0;
  if (_valid0) {
    if (props0 !== true) {
      props0 = true;
    }
  }
  if (!valid0) {
    const err0 = { instancePath, schemaPath: "#/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
    validate34.errors = vErrors;
    return false;
  } else {
    errors = _errs0;
    if (vErrors !== null) {
      if (_errs0) {
        vErrors.length = _errs0;
      } else {
        vErrors = null;
      }
    }
  }
  validate34.errors = vErrors;
  evaluated0.props = props0;
  return errors === 0;
}
validate34.evaluated = { "dynamicProps": true, "dynamicItems": false };
function validate33(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate33.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.seq === void 0 && (missing0 = "seq") || data.event === void 0 && (missing0 = "event")) {
        validate33.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        const _errs1 = errors;
        for (const key0 in data) {
          if (!(key0 === "seq" || key0 === "event")) {
            validate33.errors = [{ instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" }];
            return false;
            break;
          }
        }
        if (_errs1 === errors) {
          if (data.seq !== void 0) {
            let data0 = data.seq;
            const _errs2 = errors;
            if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0))) {
              validate33.errors = [{ instancePath: instancePath + "/seq", schemaPath: "#/properties/seq/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
              return false;
            }
            if (errors === _errs2) {
              if (typeof data0 == "number" && isFinite(data0)) {
                if (data0 > 9007199254740991 || isNaN(data0)) {
                  validate33.errors = [{ instancePath: instancePath + "/seq", schemaPath: "#/properties/seq/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                  return false;
                } else {
                  if (data0 < 1 || isNaN(data0)) {
                    validate33.errors = [{ instancePath: instancePath + "/seq", schemaPath: "#/properties/seq/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }];
                    return false;
                  }
                }
              }
            }
            var valid0 = _errs2 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.event !== void 0) {
              const _errs4 = errors;
              if (!validate34(data.event, { instancePath: instancePath + "/event", parentData: data, parentDataProperty: "event", rootData, dynamicAnchors })) {
                vErrors = vErrors === null ? validate34.errors : vErrors.concat(validate34.errors);
                errors = vErrors.length;
              }
              var valid0 = _errs4 === errors;
            } else {
              var valid0 = true;
            }
          }
        }
      }
    } else {
      validate33.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate33.errors = vErrors;
  return errors === 0;
}
validate33.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
var pattern7 = new RegExp("^[1-9][0-9]*$", "u");
function validate69(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate69.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.id === void 0 && (missing0 = "id") || data.data === void 0 && (missing0 = "data")) {
        validate69.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        if (data.id !== void 0) {
          let data0 = data.id;
          const _errs1 = errors;
          if (errors === _errs1) {
            if (typeof data0 === "string") {
              if (!pattern7.test(data0)) {
                validate69.errors = [{ instancePath: instancePath + "/id", schemaPath: "#/properties/id/pattern", keyword: "pattern", params: { pattern: "^[1-9][0-9]*$" }, message: 'must match pattern "^[1-9][0-9]*$"' }];
                return false;
              }
            } else {
              validate69.errors = [{ instancePath: instancePath + "/id", schemaPath: "#/properties/id/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
              return false;
            }
          }
          var valid0 = _errs1 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.data !== void 0) {
            const _errs3 = errors;
            if (typeof data.data !== "string") {
              validate69.errors = [{ instancePath: instancePath + "/data", schemaPath: "#/properties/data/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
              return false;
            }
            var valid0 = _errs3 === errors;
          } else {
            var valid0 = true;
          }
        }
      }
    } else {
      validate69.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate69.errors = vErrors;
  return errors === 0;
}
validate69.evaluated = { "props": { "id": true, "data": true }, "dynamicProps": false, "dynamicItems": false };
function validate32(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate32.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  const _errs0 = errors;
  let valid0 = false;
  const _errs1 = errors;
  if (!validate33(data, { instancePath, parentData, parentDataProperty, rootData, dynamicAnchors })) {
    vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors);
    errors = vErrors.length;
  }
  var _valid0 = _errs1 === errors;
  valid0 = valid0 || _valid0;
  if (_valid0) {
    var props0 = true;
  }
  const _errs2 = errors;
  if (!validate69(data, { instancePath, parentData, parentDataProperty, rootData, dynamicAnchors })) {
    vErrors = vErrors === null ? validate69.errors : vErrors.concat(validate69.errors);
    errors = vErrors.length;
  }
  var _valid0 = _errs2 === errors;
  valid0 = valid0 || _valid0;
  if (_valid0) {
    if (props0 !== true) {
      props0 = props0 || {};
      props0.id = true;
      props0.data = true;
    }
  }
  if (!valid0) {
    const err0 = { instancePath, schemaPath: "#/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
    validate32.errors = vErrors;
    return false;
  } else {
    errors = _errs0;
    if (vErrors !== null) {
      if (_errs0) {
        vErrors.length = _errs0;
      } else {
        vErrors = null;
      }
    }
  }
  validate32.errors = vErrors;
  evaluated0.props = props0;
  return errors === 0;
}
validate32.evaluated = { "dynamicProps": true, "dynamicItems": false };
var PublishEventRequest = validate71;
var schema68 = { "$id": "sysmon:PublishEventRequest", "type": "object", "required": ["type"], "properties": { "type": { "type": "string", "minLength": 1, "maxLength": 256 }, "category": {}, "source": { "anyOf": [{ "$ref": "sysmon:PublishEventSource" }, { "type": "null" }] }, "data": {}, "ts": { "type": ["integer", "null"], "minimum": 0, "maximum": 9007199254740991 } } };
var schema69 = { "$id": "sysmon:PublishEventSource", "type": "object", "properties": { "kind": { "anyOf": [{ "$ref": "sysmon:EventSourceKind" }, { "type": "null" }] }, "event": { "type": ["string", "null"], "maxLength": 1024 }, "metadata": { "type": ["object", "null"], "additionalProperties": { "type": ["string", "null"] } } } };
function validate72(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate72.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data.kind !== void 0) {
        let data0 = data.kind;
        const _errs1 = errors;
        const _errs2 = errors;
        let valid1 = false;
        const _errs3 = errors;
        if (typeof data0 !== "string") {
          const err0 = { instancePath: instancePath + "/kind", schemaPath: "sysmon:EventSourceKind/type", keyword: "type", params: { type: "string" }, message: "must be string" };
          if (vErrors === null) {
            vErrors = [err0];
          } else {
            vErrors.push(err0);
          }
          errors++;
        }
        if (!(data0 === "cdp" || data0 === "kernel_api" || data0 === "extension" || data0 === "local_process")) {
          const err1 = { instancePath: instancePath + "/kind", schemaPath: "sysmon:EventSourceKind/enum", keyword: "enum", params: { allowedValues: schema57.enum }, message: "must be equal to one of the allowed values" };
          if (vErrors === null) {
            vErrors = [err1];
          } else {
            vErrors.push(err1);
          }
          errors++;
        }
        var _valid0 = _errs3 === errors;
        valid1 = valid1 || _valid0;
        const _errs6 = errors;
        if (data0 !== null) {
          const err2 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/anyOf/1/type", keyword: "type", params: { type: "null" }, message: "must be null" };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
        var _valid0 = _errs6 === errors;
        valid1 = valid1 || _valid0;
        if (!valid1) {
          const err3 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
          validate72.errors = vErrors;
          return false;
        } else {
          errors = _errs2;
          if (vErrors !== null) {
            if (_errs2) {
              vErrors.length = _errs2;
            } else {
              vErrors = null;
            }
          }
        }
        var valid0 = _errs1 === errors;
      } else {
        var valid0 = true;
      }
      if (valid0) {
        if (data.event !== void 0) {
          let data1 = data.event;
          const _errs8 = errors;
          if (typeof data1 !== "string" && data1 !== null) {
            validate72.errors = [{ instancePath: instancePath + "/event", schemaPath: "#/properties/event/type", keyword: "type", params: { type: schema69.properties.event.type }, message: "must be string,null" }];
            return false;
          }
          if (errors === _errs8) {
            if (typeof data1 === "string") {
              if (func1(data1) > 1024) {
                validate72.errors = [{ instancePath: instancePath + "/event", schemaPath: "#/properties/event/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" }];
                return false;
              }
            }
          }
          var valid0 = _errs8 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.metadata !== void 0) {
            let data2 = data.metadata;
            const _errs10 = errors;
            if (!(data2 && typeof data2 == "object" && !Array.isArray(data2)) && data2 !== null) {
              validate72.errors = [{ instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/type", keyword: "type", params: { type: schema69.properties.metadata.type }, message: "must be object,null" }];
              return false;
            }
            if (errors === _errs10) {
              if (data2 && typeof data2 == "object" && !Array.isArray(data2)) {
                for (const key0 in data2) {
                  let data3 = data2[key0];
                  const _errs13 = errors;
                  if (typeof data3 !== "string" && data3 !== null) {
                    validate72.errors = [{ instancePath: instancePath + "/metadata/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/metadata/additionalProperties/type", keyword: "type", params: { type: schema69.properties.metadata.additionalProperties.type }, message: "must be string,null" }];
                    return false;
                  }
                  var valid3 = _errs13 === errors;
                  if (!valid3) {
                    break;
                  }
                }
              }
            }
            var valid0 = _errs10 === errors;
          } else {
            var valid0 = true;
          }
        }
      }
    } else {
      validate72.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate72.errors = vErrors;
  return errors === 0;
}
validate72.evaluated = { "props": { "kind": true, "event": true, "metadata": true }, "dynamicProps": false, "dynamicItems": false };
function validate71(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate71.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.type === void 0 && (missing0 = "type")) {
        validate71.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        if (data.type !== void 0) {
          let data0 = data.type;
          const _errs1 = errors;
          if (errors === _errs1) {
            if (typeof data0 === "string") {
              if (func1(data0) > 256) {
                validate71.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }];
                return false;
              } else {
                if (func1(data0) < 1) {
                  validate71.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }];
                  return false;
                }
              }
            } else {
              validate71.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
              return false;
            }
          }
          var valid0 = _errs1 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.source !== void 0) {
            let data1 = data.source;
            const _errs3 = errors;
            const _errs4 = errors;
            let valid1 = false;
            const _errs5 = errors;
            if (!validate72(data1, { instancePath: instancePath + "/source", parentData: data, parentDataProperty: "source", rootData, dynamicAnchors })) {
              vErrors = vErrors === null ? validate72.errors : vErrors.concat(validate72.errors);
              errors = vErrors.length;
            }
            var _valid0 = _errs5 === errors;
            valid1 = valid1 || _valid0;
            if (_valid0) {
              var props0 = {};
              props0.kind = true;
              props0.event = true;
              props0.metadata = true;
            }
            const _errs6 = errors;
            if (data1 !== null) {
              const err0 = { instancePath: instancePath + "/source", schemaPath: "#/properties/source/anyOf/1/type", keyword: "type", params: { type: "null" }, message: "must be null" };
              if (vErrors === null) {
                vErrors = [err0];
              } else {
                vErrors.push(err0);
              }
              errors++;
            }
            var _valid0 = _errs6 === errors;
            valid1 = valid1 || _valid0;
            if (!valid1) {
              const err1 = { instancePath: instancePath + "/source", schemaPath: "#/properties/source/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
              if (vErrors === null) {
                vErrors = [err1];
              } else {
                vErrors.push(err1);
              }
              errors++;
              validate71.errors = vErrors;
              return false;
            } else {
              errors = _errs4;
              if (vErrors !== null) {
                if (_errs4) {
                  vErrors.length = _errs4;
                } else {
                  vErrors = null;
                }
              }
            }
            var valid0 = _errs3 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.ts !== void 0) {
              let data2 = data.ts;
              const _errs8 = errors;
              if (!(typeof data2 == "number" && (!(data2 % 1) && !isNaN(data2)) && isFinite(data2)) && data2 !== null) {
                validate71.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/type", keyword: "type", params: { type: schema68.properties.ts.type }, message: "must be integer,null" }];
                return false;
              }
              if (errors === _errs8) {
                if (typeof data2 == "number" && isFinite(data2)) {
                  if (data2 > 9007199254740991 || isNaN(data2)) {
                    validate71.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                    return false;
                  } else {
                    if (data2 < 0 || isNaN(data2)) {
                      validate71.errors = [{ instancePath: instancePath + "/ts", schemaPath: "#/properties/ts/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                      return false;
                    }
                  }
                }
              }
              var valid0 = _errs8 === errors;
            } else {
              var valid0 = true;
            }
          }
        }
      }
    } else {
      validate71.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate71.errors = vErrors;
  return errors === 0;
}
validate71.evaluated = { "props": { "type": true, "category": true, "source": true, "data": true, "ts": true }, "dynamicProps": false, "dynamicItems": false };
var CategoryConfigRequest = validate74;
var schema71 = { "$id": "sysmon:CategoryConfigRequest", "type": ["object", "null"], "properties": { "enabled": { "type": ["boolean", "null"] } } };
function validate74(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate74.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (!(data && typeof data == "object" && !Array.isArray(data)) && data !== null) {
    validate74.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema71.type }, message: "must be object,null" }];
    return false;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data.enabled !== void 0) {
        let data0 = data.enabled;
        if (typeof data0 !== "boolean" && data0 !== null) {
          validate74.errors = [{ instancePath: instancePath + "/enabled", schemaPath: "#/properties/enabled/type", keyword: "type", params: { type: schema71.properties.enabled.type }, message: "must be boolean,null" }];
          return false;
        }
      }
    }
  }
  validate74.errors = vErrors;
  return errors === 0;
}
validate74.evaluated = { "props": { "enabled": true }, "dynamicProps": false, "dynamicItems": false };
var CategoriesConfigRequest = validate75;
var schema72 = { "$id": "sysmon:CategoriesConfigRequest", "type": ["object", "null"], "properties": { "console": { "$ref": "sysmon:CategoryConfigRequest" }, "network": { "$ref": "sysmon:CategoryConfigRequest" }, "page": { "$ref": "sysmon:CategoryConfigRequest" }, "interaction": { "$ref": "sysmon:CategoryConfigRequest" }, "control": { "$ref": "sysmon:CategoryConfigRequest" }, "connection": { "$ref": "sysmon:CategoryConfigRequest" }, "system": { "$ref": "sysmon:CategoryConfigRequest" }, "screenshot": { "$ref": "sysmon:CategoryConfigRequest" }, "captcha": { "$ref": "sysmon:CategoryConfigRequest" }, "monitor": { "$ref": "sysmon:CategoryConfigRequest" }, "platform": { "$ref": "sysmon:CategoryConfigRequest" } } };
function validate75(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate75.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (!(data && typeof data == "object" && !Array.isArray(data)) && data !== null) {
    validate75.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema72.type }, message: "must be object,null" }];
    return false;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data.console !== void 0) {
        let data0 = data.console;
        const _errs1 = errors;
        const _errs2 = errors;
        if (!(data0 && typeof data0 == "object" && !Array.isArray(data0)) && data0 !== null) {
          validate75.errors = [{ instancePath: instancePath + "/console", schemaPath: "sysmon:CategoryConfigRequest/type", keyword: "type", params: { type: schema71.type }, message: "must be object,null" }];
          return false;
        }
        if (errors === _errs2) {
          if (data0 && typeof data0 == "object" && !Array.isArray(data0)) {
            if (data0.enabled !== void 0) {
              let data1 = data0.enabled;
              if (typeof data1 !== "boolean" && data1 !== null) {
                validate75.errors = [{ instancePath: instancePath + "/console/enabled", schemaPath: "sysmon:CategoryConfigRequest/properties/enabled/type", keyword: "type", params: { type: schema71.properties.enabled.type }, message: "must be boolean,null" }];
                return false;
              }
            }
          }
        }
        var valid0 = _errs1 === errors;
      } else {
        var valid0 = true;
      }
      if (valid0) {
        if (data.network !== void 0) {
          let data2 = data.network;
          const _errs6 = errors;
          const _errs7 = errors;
          if (!(data2 && typeof data2 == "object" && !Array.isArray(data2)) && data2 !== null) {
            validate75.errors = [{ instancePath: instancePath + "/network", schemaPath: "sysmon:CategoryConfigRequest/type", keyword: "type", params: { type: schema71.type }, message: "must be object,null" }];
            return false;
          }
          if (errors === _errs7) {
            if (data2 && typeof data2 == "object" && !Array.isArray(data2)) {
              if (data2.enabled !== void 0) {
                let data3 = data2.enabled;
                if (typeof data3 !== "boolean" && data3 !== null) {
                  validate75.errors = [{ instancePath: instancePath + "/network/enabled", schemaPath: "sysmon:CategoryConfigRequest/properties/enabled/type", keyword: "type", params: { type: schema71.properties.enabled.type }, message: "must be boolean,null" }];
                  return false;
                }
              }
            }
          }
          var valid0 = _errs6 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.page !== void 0) {
            let data4 = data.page;
            const _errs11 = errors;
            const _errs12 = errors;
            if (!(data4 && typeof data4 == "object" && !Array.isArray(data4)) && data4 !== null) {
              validate75.errors = [{ instancePath: instancePath + "/page", schemaPath: "sysmon:CategoryConfigRequest/type", keyword: "type", params: { type: schema71.type }, message: "must be object,null" }];
              return false;
            }
            if (errors === _errs12) {
              if (data4 && typeof data4 == "object" && !Array.isArray(data4)) {
                if (data4.enabled !== void 0) {
                  let data5 = data4.enabled;
                  if (typeof data5 !== "boolean" && data5 !== null) {
                    validate75.errors = [{ instancePath: instancePath + "/page/enabled", schemaPath: "sysmon:CategoryConfigRequest/properties/enabled/type", keyword: "type", params: { type: schema71.properties.enabled.type }, message: "must be boolean,null" }];
                    return false;
                  }
                }
              }
            }
            var valid0 = _errs11 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.interaction !== void 0) {
              let data6 = data.interaction;
              const _errs16 = errors;
              const _errs17 = errors;
              if (!(data6 && typeof data6 == "object" && !Array.isArray(data6)) && data6 !== null) {
                validate75.errors = [{ instancePath: instancePath + "/interaction", schemaPath: "sysmon:CategoryConfigRequest/type", keyword: "type", params: { type: schema71.type }, message: "must be object,null" }];
                return false;
              }
              if (errors === _errs17) {
                if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
                  if (data6.enabled !== void 0) {
                    let data7 = data6.enabled;
                    if (typeof data7 !== "boolean" && data7 !== null) {
                      validate75.errors = [{ instancePath: instancePath + "/interaction/enabled", schemaPath: "sysmon:CategoryConfigRequest/properties/enabled/type", keyword: "type", params: { type: schema71.properties.enabled.type }, message: "must be boolean,null" }];
                      return false;
                    }
                  }
                }
              }
              var valid0 = _errs16 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.control !== void 0) {
                let data8 = data.control;
                const _errs21 = errors;
                const _errs22 = errors;
                if (!(data8 && typeof data8 == "object" && !Array.isArray(data8)) && data8 !== null) {
                  validate75.errors = [{ instancePath: instancePath + "/control", schemaPath: "sysmon:CategoryConfigRequest/type", keyword: "type", params: { type: schema71.type }, message: "must be object,null" }];
                  return false;
                }
                if (errors === _errs22) {
                  if (data8 && typeof data8 == "object" && !Array.isArray(data8)) {
                    if (data8.enabled !== void 0) {
                      let data9 = data8.enabled;
                      if (typeof data9 !== "boolean" && data9 !== null) {
                        validate75.errors = [{ instancePath: instancePath + "/control/enabled", schemaPath: "sysmon:CategoryConfigRequest/properties/enabled/type", keyword: "type", params: { type: schema71.properties.enabled.type }, message: "must be boolean,null" }];
                        return false;
                      }
                    }
                  }
                }
                var valid0 = _errs21 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.connection !== void 0) {
                  let data10 = data.connection;
                  const _errs26 = errors;
                  const _errs27 = errors;
                  if (!(data10 && typeof data10 == "object" && !Array.isArray(data10)) && data10 !== null) {
                    validate75.errors = [{ instancePath: instancePath + "/connection", schemaPath: "sysmon:CategoryConfigRequest/type", keyword: "type", params: { type: schema71.type }, message: "must be object,null" }];
                    return false;
                  }
                  if (errors === _errs27) {
                    if (data10 && typeof data10 == "object" && !Array.isArray(data10)) {
                      if (data10.enabled !== void 0) {
                        let data11 = data10.enabled;
                        if (typeof data11 !== "boolean" && data11 !== null) {
                          validate75.errors = [{ instancePath: instancePath + "/connection/enabled", schemaPath: "sysmon:CategoryConfigRequest/properties/enabled/type", keyword: "type", params: { type: schema71.properties.enabled.type }, message: "must be boolean,null" }];
                          return false;
                        }
                      }
                    }
                  }
                  var valid0 = _errs26 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.system !== void 0) {
                    let data12 = data.system;
                    const _errs31 = errors;
                    const _errs32 = errors;
                    if (!(data12 && typeof data12 == "object" && !Array.isArray(data12)) && data12 !== null) {
                      validate75.errors = [{ instancePath: instancePath + "/system", schemaPath: "sysmon:CategoryConfigRequest/type", keyword: "type", params: { type: schema71.type }, message: "must be object,null" }];
                      return false;
                    }
                    if (errors === _errs32) {
                      if (data12 && typeof data12 == "object" && !Array.isArray(data12)) {
                        if (data12.enabled !== void 0) {
                          let data13 = data12.enabled;
                          if (typeof data13 !== "boolean" && data13 !== null) {
                            validate75.errors = [{ instancePath: instancePath + "/system/enabled", schemaPath: "sysmon:CategoryConfigRequest/properties/enabled/type", keyword: "type", params: { type: schema71.properties.enabled.type }, message: "must be boolean,null" }];
                            return false;
                          }
                        }
                      }
                    }
                    var valid0 = _errs31 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.screenshot !== void 0) {
                      let data14 = data.screenshot;
                      const _errs36 = errors;
                      const _errs37 = errors;
                      if (!(data14 && typeof data14 == "object" && !Array.isArray(data14)) && data14 !== null) {
                        validate75.errors = [{ instancePath: instancePath + "/screenshot", schemaPath: "sysmon:CategoryConfigRequest/type", keyword: "type", params: { type: schema71.type }, message: "must be object,null" }];
                        return false;
                      }
                      if (errors === _errs37) {
                        if (data14 && typeof data14 == "object" && !Array.isArray(data14)) {
                          if (data14.enabled !== void 0) {
                            let data15 = data14.enabled;
                            if (typeof data15 !== "boolean" && data15 !== null) {
                              validate75.errors = [{ instancePath: instancePath + "/screenshot/enabled", schemaPath: "sysmon:CategoryConfigRequest/properties/enabled/type", keyword: "type", params: { type: schema71.properties.enabled.type }, message: "must be boolean,null" }];
                              return false;
                            }
                          }
                        }
                      }
                      var valid0 = _errs36 === errors;
                    } else {
                      var valid0 = true;
                    }
                    if (valid0) {
                      if (data.captcha !== void 0) {
                        let data16 = data.captcha;
                        const _errs41 = errors;
                        const _errs42 = errors;
                        if (!(data16 && typeof data16 == "object" && !Array.isArray(data16)) && data16 !== null) {
                          validate75.errors = [{ instancePath: instancePath + "/captcha", schemaPath: "sysmon:CategoryConfigRequest/type", keyword: "type", params: { type: schema71.type }, message: "must be object,null" }];
                          return false;
                        }
                        if (errors === _errs42) {
                          if (data16 && typeof data16 == "object" && !Array.isArray(data16)) {
                            if (data16.enabled !== void 0) {
                              let data17 = data16.enabled;
                              if (typeof data17 !== "boolean" && data17 !== null) {
                                validate75.errors = [{ instancePath: instancePath + "/captcha/enabled", schemaPath: "sysmon:CategoryConfigRequest/properties/enabled/type", keyword: "type", params: { type: schema71.properties.enabled.type }, message: "must be boolean,null" }];
                                return false;
                              }
                            }
                          }
                        }
                        var valid0 = _errs41 === errors;
                      } else {
                        var valid0 = true;
                      }
                      if (valid0) {
                        if (data.monitor !== void 0) {
                          let data18 = data.monitor;
                          const _errs46 = errors;
                          const _errs47 = errors;
                          if (!(data18 && typeof data18 == "object" && !Array.isArray(data18)) && data18 !== null) {
                            validate75.errors = [{ instancePath: instancePath + "/monitor", schemaPath: "sysmon:CategoryConfigRequest/type", keyword: "type", params: { type: schema71.type }, message: "must be object,null" }];
                            return false;
                          }
                          if (errors === _errs47) {
                            if (data18 && typeof data18 == "object" && !Array.isArray(data18)) {
                              if (data18.enabled !== void 0) {
                                let data19 = data18.enabled;
                                if (typeof data19 !== "boolean" && data19 !== null) {
                                  validate75.errors = [{ instancePath: instancePath + "/monitor/enabled", schemaPath: "sysmon:CategoryConfigRequest/properties/enabled/type", keyword: "type", params: { type: schema71.properties.enabled.type }, message: "must be boolean,null" }];
                                  return false;
                                }
                              }
                            }
                          }
                          var valid0 = _errs46 === errors;
                        } else {
                          var valid0 = true;
                        }
                        if (valid0) {
                          if (data.platform !== void 0) {
                            let data20 = data.platform;
                            const _errs51 = errors;
                            const _errs52 = errors;
                            if (!(data20 && typeof data20 == "object" && !Array.isArray(data20)) && data20 !== null) {
                              validate75.errors = [{ instancePath: instancePath + "/platform", schemaPath: "sysmon:CategoryConfigRequest/type", keyword: "type", params: { type: schema71.type }, message: "must be object,null" }];
                              return false;
                            }
                            if (errors === _errs52) {
                              if (data20 && typeof data20 == "object" && !Array.isArray(data20)) {
                                if (data20.enabled !== void 0) {
                                  let data21 = data20.enabled;
                                  if (typeof data21 !== "boolean" && data21 !== null) {
                                    validate75.errors = [{ instancePath: instancePath + "/platform/enabled", schemaPath: "sysmon:CategoryConfigRequest/properties/enabled/type", keyword: "type", params: { type: schema71.properties.enabled.type }, message: "must be boolean,null" }];
                                    return false;
                                  }
                                }
                              }
                            }
                            var valid0 = _errs51 === errors;
                          } else {
                            var valid0 = true;
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
  validate75.errors = vErrors;
  return errors === 0;
}
validate75.evaluated = { "props": { "console": true, "network": true, "page": true, "interaction": true, "control": true, "connection": true, "system": true, "screenshot": true, "captcha": true, "monitor": true, "platform": true }, "dynamicProps": false, "dynamicItems": false };
var TelemetryConfigRequest = validate76;
var schema84 = { "$id": "sysmon:TelemetryConfigRequest", "type": ["object", "null"], "properties": { "browser": { "$ref": "sysmon:CategoriesConfigRequest" }, "telemetry_session_id": { "type": ["string", "null"], "maxLength": 256 }, "storage": {}, "export": {} } };
function validate76(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate76.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (!(data && typeof data == "object" && !Array.isArray(data)) && data !== null) {
    validate76.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema84.type }, message: "must be object,null" }];
    return false;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data.browser !== void 0) {
        const _errs1 = errors;
        if (!validate75(data.browser, { instancePath: instancePath + "/browser", parentData: data, parentDataProperty: "browser", rootData, dynamicAnchors })) {
          vErrors = vErrors === null ? validate75.errors : vErrors.concat(validate75.errors);
          errors = vErrors.length;
        }
        var valid0 = _errs1 === errors;
      } else {
        var valid0 = true;
      }
      if (valid0) {
        if (data.telemetry_session_id !== void 0) {
          let data1 = data.telemetry_session_id;
          const _errs2 = errors;
          if (typeof data1 !== "string" && data1 !== null) {
            validate76.errors = [{ instancePath: instancePath + "/telemetry_session_id", schemaPath: "#/properties/telemetry_session_id/type", keyword: "type", params: { type: schema84.properties.telemetry_session_id.type }, message: "must be string,null" }];
            return false;
          }
          if (errors === _errs2) {
            if (typeof data1 === "string") {
              if (func1(data1) > 256) {
                validate76.errors = [{ instancePath: instancePath + "/telemetry_session_id", schemaPath: "#/properties/telemetry_session_id/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }];
                return false;
              }
            }
          }
          var valid0 = _errs2 === errors;
        } else {
          var valid0 = true;
        }
      }
    }
  }
  validate76.errors = vErrors;
  return errors === 0;
}
validate76.evaluated = { "props": { "browser": true, "telemetry_session_id": true, "storage": true, "export": true }, "dynamicProps": false, "dynamicItems": false };
  return { OomKillData, ServiceCrashedData, TelemetryGapData, TelemetryConfiguredData, PageCrashedData, ProcessCrashedData, MemoryPressureData, StreamFrameOrData, PublishEventRequest, CategoryConfigRequest, CategoriesConfigRequest, TelemetryConfigRequest }
})()

/** Of query strings, by the operation; they coerce, and fill in defaults. */
export const queryValidators: Readonly<Record<string, ValidateFunction>> = (() => {
var __getOwnPropNames = Object.getOwnPropertyNames;
var __commonJS = (cb, mod) => function __require() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};

// node_modules/ajv/dist/runtime/ucs2length.js
var require_ucs2length = __commonJS({
  "node_modules/ajv/dist/runtime/ucs2length.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    function ucs2length(str) {
      const len = str.length;
      let length = 0;
      let pos = 0;
      let value;
      while (pos < len) {
        length++;
        value = str.charCodeAt(pos++);
        if (value >= 55296 && value <= 56319 && pos < len) {
          value = str.charCodeAt(pos);
          if ((value & 64512) === 56320)
            pos++;
        }
      }
      return length;
    }
    exports.default = ucs2length;
    ucs2length.code = 'require("ajv/dist/runtime/ucs2length").default';
  }
});

// <stdin>
var query0 = validate20;
var schema31 = { "type": "object", "properties": { "format": { "type": "string", "enum": ["json", "sse"] }, "offset": { "type": "integer", "minimum": -9007199254740991, "maximum": 9007199254740991 }, "since": { "$ref": "sysmon:TimeParameter" }, "until": { "$ref": "sysmon:TimeParameter" }, "limit": { "type": "integer", "default": 100 }, "order": { "type": "string", "enum": ["asc", "desc"], "default": "asc" }, "category": { "type": "array", "items": { "$ref": "sysmon:EventCategory" } }, "type": { "type": "array", "items": { "type": "string", "minLength": 1 } }, "replay": { "type": "string" }, "lastEventId": { "type": "string", "pattern": "^[0-9]*$" }, "last_event_id": { "type": "string", "pattern": "^[0-9]*$" } } };
var schema34 = { "$id": "sysmon:EventCategory", "type": "string", "enum": ["console", "network", "page", "interaction", "control", "connection", "system", "screenshot", "captcha", "monitor", "platform"] };
var pattern4 = new RegExp("^(?:[0-9]{1,16}|(?:(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:ns|us|ms|s|m|h))+|[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?(?:[Zz]|[+ -](?:[01][0-9]|2[0-3]):[0-5][0-9]))?$", "u");
var pattern6 = new RegExp("^[0-9]*$", "u");
var func1 = require_ucs2length().default;
function validate20(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate20.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data.limit === void 0) {
        data.limit = 100;
      }
      if (data.order === void 0) {
        data.order = "asc";
      }
      if (data.format !== void 0) {
        let data0 = data.format;
        const _errs1 = errors;
        if (typeof data0 !== "string") {
          let dataType0 = typeof data0;
          let coerced0 = void 0;
          if (dataType0 == "object" && Array.isArray(data0) && data0.length == 1) {
            data0 = data0[0];
            dataType0 = typeof data0;
            if (typeof data0 === "string") {
              coerced0 = data0;
            }
          }
          if (!(coerced0 !== void 0)) {
            if (dataType0 == "number" || dataType0 == "boolean") {
              coerced0 = "" + data0;
            } else if (data0 === null) {
              coerced0 = "";
            } else {
              validate20.errors = [{ instancePath: instancePath + "/format", schemaPath: "#/properties/format/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
              return false;
            }
          }
          if (coerced0 !== void 0) {
            data0 = coerced0;
            if (data !== void 0) {
              data["format"] = coerced0;
            }
          }
        }
        if (!(data0 === "json" || data0 === "sse")) {
          validate20.errors = [{ instancePath: instancePath + "/format", schemaPath: "#/properties/format/enum", keyword: "enum", params: { allowedValues: schema31.properties.format.enum }, message: "must be equal to one of the allowed values" }];
          return false;
        }
        var valid0 = _errs1 === errors;
      } else {
        var valid0 = true;
      }
      if (valid0) {
        if (data.offset !== void 0) {
          let data1 = data.offset;
          const _errs3 = errors;
          if (!(typeof data1 == "number" && (!(data1 % 1) && !isNaN(data1)))) {
            let dataType1 = typeof data1;
            let coerced1 = void 0;
            if (dataType1 == "object" && Array.isArray(data1) && data1.length == 1) {
              data1 = data1[0];
              dataType1 = typeof data1;
              if (typeof data1 == "number" && (!(data1 % 1) && !isNaN(data1))) {
                coerced1 = data1;
              }
            }
            if (!(coerced1 !== void 0)) {
              if (dataType1 === "boolean" || data1 === null || dataType1 === "string" && data1 && data1 == +data1 && !(data1 % 1)) {
                coerced1 = +data1;
              } else {
                validate20.errors = [{ instancePath: instancePath + "/offset", schemaPath: "#/properties/offset/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                return false;
              }
            }
            if (coerced1 !== void 0) {
              data1 = coerced1;
              if (data !== void 0) {
                data["offset"] = coerced1;
              }
            }
          }
          if (errors === _errs3) {
            if (typeof data1 == "number") {
              if (data1 > 9007199254740991 || isNaN(data1)) {
                validate20.errors = [{ instancePath: instancePath + "/offset", schemaPath: "#/properties/offset/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                return false;
              } else {
                if (data1 < -9007199254740991 || isNaN(data1)) {
                  validate20.errors = [{ instancePath: instancePath + "/offset", schemaPath: "#/properties/offset/minimum", keyword: "minimum", params: { comparison: ">=", limit: -9007199254740991 }, message: "must be >= -9007199254740991" }];
                  return false;
                }
              }
            }
          }
          var valid0 = _errs3 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.since !== void 0) {
            let data2 = data.since;
            const _errs5 = errors;
            const _errs6 = errors;
            if (typeof data2 !== "string") {
              let dataType2 = typeof data2;
              let coerced2 = void 0;
              if (dataType2 == "object" && Array.isArray(data2) && data2.length == 1) {
                data2 = data2[0];
                dataType2 = typeof data2;
                if (typeof data2 === "string") {
                  coerced2 = data2;
                }
              }
              if (!(coerced2 !== void 0)) {
                if (dataType2 == "number" || dataType2 == "boolean") {
                  coerced2 = "" + data2;
                } else if (data2 === null) {
                  coerced2 = "";
                } else {
                  validate20.errors = [{ instancePath: instancePath + "/since", schemaPath: "sysmon:TimeParameter/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
              }
              if (coerced2 !== void 0) {
                data2 = coerced2;
                if (data !== void 0) {
                  data["since"] = coerced2;
                }
              }
            }
            if (errors === _errs6) {
              if (typeof data2 === "string") {
                if (!pattern4.test(data2)) {
                  validate20.errors = [{ instancePath: instancePath + "/since", schemaPath: "sysmon:TimeParameter/pattern", keyword: "pattern", params: { pattern: "^(?:[0-9]{1,16}|(?:(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:ns|us|ms|s|m|h))+|[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?(?:[Zz]|[+ -](?:[01][0-9]|2[0-3]):[0-5][0-9]))?$" }, message: 'must match pattern "^(?:[0-9]{1,16}|(?:(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:ns|us|ms|s|m|h))+|[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?(?:[Zz]|[+ -](?:[01][0-9]|2[0-3]):[0-5][0-9]))?$"' }];
                  return false;
                }
              }
            }
            var valid0 = _errs5 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.until !== void 0) {
              let data3 = data.until;
              const _errs8 = errors;
              const _errs9 = errors;
              if (typeof data3 !== "string") {
                let dataType3 = typeof data3;
                let coerced3 = void 0;
                if (dataType3 == "object" && Array.isArray(data3) && data3.length == 1) {
                  data3 = data3[0];
                  dataType3 = typeof data3;
                  if (typeof data3 === "string") {
                    coerced3 = data3;
                  }
                }
                if (!(coerced3 !== void 0)) {
                  if (dataType3 == "number" || dataType3 == "boolean") {
                    coerced3 = "" + data3;
                  } else if (data3 === null) {
                    coerced3 = "";
                  } else {
                    validate20.errors = [{ instancePath: instancePath + "/until", schemaPath: "sysmon:TimeParameter/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                    return false;
                  }
                }
                if (coerced3 !== void 0) {
                  data3 = coerced3;
                  if (data !== void 0) {
                    data["until"] = coerced3;
                  }
                }
              }
              if (errors === _errs9) {
                if (typeof data3 === "string") {
                  if (!pattern4.test(data3)) {
                    validate20.errors = [{ instancePath: instancePath + "/until", schemaPath: "sysmon:TimeParameter/pattern", keyword: "pattern", params: { pattern: "^(?:[0-9]{1,16}|(?:(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:ns|us|ms|s|m|h))+|[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?(?:[Zz]|[+ -](?:[01][0-9]|2[0-3]):[0-5][0-9]))?$" }, message: 'must match pattern "^(?:[0-9]{1,16}|(?:(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:ns|us|ms|s|m|h))+|[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?(?:[Zz]|[+ -](?:[01][0-9]|2[0-3]):[0-5][0-9]))?$"' }];
                    return false;
                  }
                }
              }
              var valid0 = _errs8 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              let data4 = data.limit;
              const _errs11 = errors;
              if (!(typeof data4 == "number" && (!(data4 % 1) && !isNaN(data4)))) {
                let dataType4 = typeof data4;
                let coerced4 = void 0;
                if (dataType4 == "object" && Array.isArray(data4) && data4.length == 1) {
                  data4 = data4[0];
                  dataType4 = typeof data4;
                  if (typeof data4 == "number" && (!(data4 % 1) && !isNaN(data4))) {
                    coerced4 = data4;
                  }
                }
                if (!(coerced4 !== void 0)) {
                  if (dataType4 === "boolean" || data4 === null || dataType4 === "string" && data4 && data4 == +data4 && !(data4 % 1)) {
                    coerced4 = +data4;
                  } else {
                    validate20.errors = [{ instancePath: instancePath + "/limit", schemaPath: "#/properties/limit/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                    return false;
                  }
                }
                if (coerced4 !== void 0) {
                  data4 = coerced4;
                  if (data !== void 0) {
                    data["limit"] = coerced4;
                  }
                }
              }
              var valid0 = _errs11 === errors;
              if (valid0) {
                let data5 = data.order;
                const _errs13 = errors;
                if (typeof data5 !== "string") {
                  let dataType5 = typeof data5;
                  let coerced5 = void 0;
                  if (dataType5 == "object" && Array.isArray(data5) && data5.length == 1) {
                    data5 = data5[0];
                    dataType5 = typeof data5;
                    if (typeof data5 === "string") {
                      coerced5 = data5;
                    }
                  }
                  if (!(coerced5 !== void 0)) {
                    if (dataType5 == "number" || dataType5 == "boolean") {
                      coerced5 = "" + data5;
                    } else if (data5 === null) {
                      coerced5 = "";
                    } else {
                      validate20.errors = [{ instancePath: instancePath + "/order", schemaPath: "#/properties/order/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                      return false;
                    }
                  }
                  if (coerced5 !== void 0) {
                    data5 = coerced5;
                    if (data !== void 0) {
                      data["order"] = coerced5;
                    }
                  }
                }
                if (!(data5 === "asc" || data5 === "desc")) {
                  validate20.errors = [{ instancePath: instancePath + "/order", schemaPath: "#/properties/order/enum", keyword: "enum", params: { allowedValues: schema31.properties.order.enum }, message: "must be equal to one of the allowed values" }];
                  return false;
                }
                var valid0 = _errs13 === errors;
                if (valid0) {
                  if (data.category !== void 0) {
                    let data6 = data.category;
                    const _errs15 = errors;
                    if (!Array.isArray(data6)) {
                      let dataType6 = typeof data6;
                      let coerced6 = void 0;
                      if (dataType6 == "object" && Array.isArray(data6) && data6.length == 1) {
                        data6 = data6[0];
                        dataType6 = typeof data6;
                        if (Array.isArray(data6)) {
                          coerced6 = data6;
                        }
                      }
                      if (!(coerced6 !== void 0)) {
                        if (dataType6 === "string" || dataType6 === "number" || dataType6 === "boolean" || data6 === null) {
                          coerced6 = [data6];
                        } else {
                          validate20.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/type", keyword: "type", params: { type: "array" }, message: "must be array" }];
                          return false;
                        }
                      }
                      if (coerced6 !== void 0) {
                        data6 = coerced6;
                        if (data !== void 0) {
                          data["category"] = coerced6;
                        }
                      }
                    }
                    if (errors === _errs15) {
                      if (Array.isArray(data6)) {
                        var valid3 = true;
                        const len0 = data6.length;
                        for (let i0 = 0; i0 < len0; i0++) {
                          let data7 = data6[i0];
                          const _errs17 = errors;
                          if (typeof data7 !== "string") {
                            let dataType7 = typeof data7;
                            let coerced7 = void 0;
                            if (dataType7 == "object" && Array.isArray(data7) && data7.length == 1) {
                              data7 = data7[0];
                              dataType7 = typeof data7;
                              if (typeof data7 === "string") {
                                coerced7 = data7;
                              }
                            }
                            if (!(coerced7 !== void 0)) {
                              if (dataType7 == "number" || dataType7 == "boolean") {
                                coerced7 = "" + data7;
                              } else if (data7 === null) {
                                coerced7 = "";
                              } else {
                                validate20.errors = [{ instancePath: instancePath + "/category/" + i0, schemaPath: "sysmon:EventCategory/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                return false;
                              }
                            }
                            if (coerced7 !== void 0) {
                              data7 = coerced7;
                              if (data6 !== void 0) {
                                data6[i0] = coerced7;
                              }
                            }
                          }
                          if (!(data7 === "console" || data7 === "network" || data7 === "page" || data7 === "interaction" || data7 === "control" || data7 === "connection" || data7 === "system" || data7 === "screenshot" || data7 === "captcha" || data7 === "monitor" || data7 === "platform")) {
                            validate20.errors = [{ instancePath: instancePath + "/category/" + i0, schemaPath: "sysmon:EventCategory/enum", keyword: "enum", params: { allowedValues: schema34.enum }, message: "must be equal to one of the allowed values" }];
                            return false;
                          }
                          var valid3 = _errs17 === errors;
                          if (!valid3) {
                            break;
                          }
                        }
                      }
                    }
                    var valid0 = _errs15 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.type !== void 0) {
                      let data8 = data.type;
                      const _errs20 = errors;
                      if (!Array.isArray(data8)) {
                        let dataType8 = typeof data8;
                        let coerced8 = void 0;
                        if (dataType8 == "object" && Array.isArray(data8) && data8.length == 1) {
                          data8 = data8[0];
                          dataType8 = typeof data8;
                          if (Array.isArray(data8)) {
                            coerced8 = data8;
                          }
                        }
                        if (!(coerced8 !== void 0)) {
                          if (dataType8 === "string" || dataType8 === "number" || dataType8 === "boolean" || data8 === null) {
                            coerced8 = [data8];
                          } else {
                            validate20.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/type", keyword: "type", params: { type: "array" }, message: "must be array" }];
                            return false;
                          }
                        }
                        if (coerced8 !== void 0) {
                          data8 = coerced8;
                          if (data !== void 0) {
                            data["type"] = coerced8;
                          }
                        }
                      }
                      if (errors === _errs20) {
                        if (Array.isArray(data8)) {
                          var valid5 = true;
                          const len1 = data8.length;
                          for (let i1 = 0; i1 < len1; i1++) {
                            let data9 = data8[i1];
                            const _errs22 = errors;
                            if (typeof data9 !== "string") {
                              let dataType9 = typeof data9;
                              let coerced9 = void 0;
                              if (dataType9 == "object" && Array.isArray(data9) && data9.length == 1) {
                                data9 = data9[0];
                                dataType9 = typeof data9;
                                if (typeof data9 === "string") {
                                  coerced9 = data9;
                                }
                              }
                              if (!(coerced9 !== void 0)) {
                                if (dataType9 == "number" || dataType9 == "boolean") {
                                  coerced9 = "" + data9;
                                } else if (data9 === null) {
                                  coerced9 = "";
                                } else {
                                  validate20.errors = [{ instancePath: instancePath + "/type/" + i1, schemaPath: "#/properties/type/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                  return false;
                                }
                              }
                              if (coerced9 !== void 0) {
                                data9 = coerced9;
                                if (data8 !== void 0) {
                                  data8[i1] = coerced9;
                                }
                              }
                            }
                            if (errors === _errs22) {
                              if (typeof data9 === "string") {
                                if (func1(data9) < 1) {
                                  validate20.errors = [{ instancePath: instancePath + "/type/" + i1, schemaPath: "#/properties/type/items/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }];
                                  return false;
                                }
                              }
                            }
                            var valid5 = _errs22 === errors;
                            if (!valid5) {
                              break;
                            }
                          }
                        }
                      }
                      var valid0 = _errs20 === errors;
                    } else {
                      var valid0 = true;
                    }
                    if (valid0) {
                      if (data.replay !== void 0) {
                        let data10 = data.replay;
                        const _errs24 = errors;
                        if (typeof data10 !== "string") {
                          let dataType10 = typeof data10;
                          let coerced10 = void 0;
                          if (dataType10 == "object" && Array.isArray(data10) && data10.length == 1) {
                            data10 = data10[0];
                            dataType10 = typeof data10;
                            if (typeof data10 === "string") {
                              coerced10 = data10;
                            }
                          }
                          if (!(coerced10 !== void 0)) {
                            if (dataType10 == "number" || dataType10 == "boolean") {
                              coerced10 = "" + data10;
                            } else if (data10 === null) {
                              coerced10 = "";
                            } else {
                              validate20.errors = [{ instancePath: instancePath + "/replay", schemaPath: "#/properties/replay/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                              return false;
                            }
                          }
                          if (coerced10 !== void 0) {
                            data10 = coerced10;
                            if (data !== void 0) {
                              data["replay"] = coerced10;
                            }
                          }
                        }
                        var valid0 = _errs24 === errors;
                      } else {
                        var valid0 = true;
                      }
                      if (valid0) {
                        if (data.lastEventId !== void 0) {
                          let data11 = data.lastEventId;
                          const _errs26 = errors;
                          if (typeof data11 !== "string") {
                            let dataType11 = typeof data11;
                            let coerced11 = void 0;
                            if (dataType11 == "object" && Array.isArray(data11) && data11.length == 1) {
                              data11 = data11[0];
                              dataType11 = typeof data11;
                              if (typeof data11 === "string") {
                                coerced11 = data11;
                              }
                            }
                            if (!(coerced11 !== void 0)) {
                              if (dataType11 == "number" || dataType11 == "boolean") {
                                coerced11 = "" + data11;
                              } else if (data11 === null) {
                                coerced11 = "";
                              } else {
                                validate20.errors = [{ instancePath: instancePath + "/lastEventId", schemaPath: "#/properties/lastEventId/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                return false;
                              }
                            }
                            if (coerced11 !== void 0) {
                              data11 = coerced11;
                              if (data !== void 0) {
                                data["lastEventId"] = coerced11;
                              }
                            }
                          }
                          if (errors === _errs26) {
                            if (typeof data11 === "string") {
                              if (!pattern6.test(data11)) {
                                validate20.errors = [{ instancePath: instancePath + "/lastEventId", schemaPath: "#/properties/lastEventId/pattern", keyword: "pattern", params: { pattern: "^[0-9]*$" }, message: 'must match pattern "^[0-9]*$"' }];
                                return false;
                              }
                            }
                          }
                          var valid0 = _errs26 === errors;
                        } else {
                          var valid0 = true;
                        }
                        if (valid0) {
                          if (data.last_event_id !== void 0) {
                            let data12 = data.last_event_id;
                            const _errs28 = errors;
                            if (typeof data12 !== "string") {
                              let dataType12 = typeof data12;
                              let coerced12 = void 0;
                              if (dataType12 == "object" && Array.isArray(data12) && data12.length == 1) {
                                data12 = data12[0];
                                dataType12 = typeof data12;
                                if (typeof data12 === "string") {
                                  coerced12 = data12;
                                }
                              }
                              if (!(coerced12 !== void 0)) {
                                if (dataType12 == "number" || dataType12 == "boolean") {
                                  coerced12 = "" + data12;
                                } else if (data12 === null) {
                                  coerced12 = "";
                                } else {
                                  validate20.errors = [{ instancePath: instancePath + "/last_event_id", schemaPath: "#/properties/last_event_id/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                  return false;
                                }
                              }
                              if (coerced12 !== void 0) {
                                data12 = coerced12;
                                if (data !== void 0) {
                                  data["last_event_id"] = coerced12;
                                }
                              }
                            }
                            if (errors === _errs28) {
                              if (typeof data12 === "string") {
                                if (!pattern6.test(data12)) {
                                  validate20.errors = [{ instancePath: instancePath + "/last_event_id", schemaPath: "#/properties/last_event_id/pattern", keyword: "pattern", params: { pattern: "^[0-9]*$" }, message: 'must match pattern "^[0-9]*$"' }];
                                  return false;
                                }
                              }
                            }
                            var valid0 = _errs28 === errors;
                          } else {
                            var valid0 = true;
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate20.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate20.errors = vErrors;
  return errors === 0;
}
validate20.evaluated = { "props": { "format": true, "offset": true, "since": true, "until": true, "limit": true, "order": true, "category": true, "type": true, "replay": true, "lastEventId": true, "last_event_id": true }, "dynamicProps": false, "dynamicItems": false };
var query1 = validate21;
function validate21(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate21.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data.replay !== void 0) {
        let data0 = data.replay;
        const _errs1 = errors;
        if (typeof data0 !== "string") {
          let dataType0 = typeof data0;
          let coerced0 = void 0;
          if (dataType0 == "object" && Array.isArray(data0) && data0.length == 1) {
            data0 = data0[0];
            dataType0 = typeof data0;
            if (typeof data0 === "string") {
              coerced0 = data0;
            }
          }
          if (!(coerced0 !== void 0)) {
            if (dataType0 == "number" || dataType0 == "boolean") {
              coerced0 = "" + data0;
            } else if (data0 === null) {
              coerced0 = "";
            } else {
              validate21.errors = [{ instancePath: instancePath + "/replay", schemaPath: "#/properties/replay/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
              return false;
            }
          }
          if (coerced0 !== void 0) {
            data0 = coerced0;
            if (data !== void 0) {
              data["replay"] = coerced0;
            }
          }
        }
        var valid0 = _errs1 === errors;
      } else {
        var valid0 = true;
      }
      if (valid0) {
        if (data.category !== void 0) {
          let data1 = data.category;
          const _errs3 = errors;
          if (!Array.isArray(data1)) {
            let dataType1 = typeof data1;
            let coerced1 = void 0;
            if (dataType1 == "object" && Array.isArray(data1) && data1.length == 1) {
              data1 = data1[0];
              dataType1 = typeof data1;
              if (Array.isArray(data1)) {
                coerced1 = data1;
              }
            }
            if (!(coerced1 !== void 0)) {
              if (dataType1 === "string" || dataType1 === "number" || dataType1 === "boolean" || data1 === null) {
                coerced1 = [data1];
              } else {
                validate21.errors = [{ instancePath: instancePath + "/category", schemaPath: "#/properties/category/type", keyword: "type", params: { type: "array" }, message: "must be array" }];
                return false;
              }
            }
            if (coerced1 !== void 0) {
              data1 = coerced1;
              if (data !== void 0) {
                data["category"] = coerced1;
              }
            }
          }
          if (errors === _errs3) {
            if (Array.isArray(data1)) {
              var valid1 = true;
              const len0 = data1.length;
              for (let i0 = 0; i0 < len0; i0++) {
                let data2 = data1[i0];
                const _errs5 = errors;
                if (typeof data2 !== "string") {
                  let dataType2 = typeof data2;
                  let coerced2 = void 0;
                  if (dataType2 == "object" && Array.isArray(data2) && data2.length == 1) {
                    data2 = data2[0];
                    dataType2 = typeof data2;
                    if (typeof data2 === "string") {
                      coerced2 = data2;
                    }
                  }
                  if (!(coerced2 !== void 0)) {
                    if (dataType2 == "number" || dataType2 == "boolean") {
                      coerced2 = "" + data2;
                    } else if (data2 === null) {
                      coerced2 = "";
                    } else {
                      validate21.errors = [{ instancePath: instancePath + "/category/" + i0, schemaPath: "sysmon:EventCategory/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                      return false;
                    }
                  }
                  if (coerced2 !== void 0) {
                    data2 = coerced2;
                    if (data1 !== void 0) {
                      data1[i0] = coerced2;
                    }
                  }
                }
                if (!(data2 === "console" || data2 === "network" || data2 === "page" || data2 === "interaction" || data2 === "control" || data2 === "connection" || data2 === "system" || data2 === "screenshot" || data2 === "captcha" || data2 === "monitor" || data2 === "platform")) {
                  validate21.errors = [{ instancePath: instancePath + "/category/" + i0, schemaPath: "sysmon:EventCategory/enum", keyword: "enum", params: { allowedValues: schema34.enum }, message: "must be equal to one of the allowed values" }];
                  return false;
                }
                var valid1 = _errs5 === errors;
                if (!valid1) {
                  break;
                }
              }
            }
          }
          var valid0 = _errs3 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.type !== void 0) {
            let data3 = data.type;
            const _errs8 = errors;
            if (!Array.isArray(data3)) {
              let dataType3 = typeof data3;
              let coerced3 = void 0;
              if (dataType3 == "object" && Array.isArray(data3) && data3.length == 1) {
                data3 = data3[0];
                dataType3 = typeof data3;
                if (Array.isArray(data3)) {
                  coerced3 = data3;
                }
              }
              if (!(coerced3 !== void 0)) {
                if (dataType3 === "string" || dataType3 === "number" || dataType3 === "boolean" || data3 === null) {
                  coerced3 = [data3];
                } else {
                  validate21.errors = [{ instancePath: instancePath + "/type", schemaPath: "#/properties/type/type", keyword: "type", params: { type: "array" }, message: "must be array" }];
                  return false;
                }
              }
              if (coerced3 !== void 0) {
                data3 = coerced3;
                if (data !== void 0) {
                  data["type"] = coerced3;
                }
              }
            }
            if (errors === _errs8) {
              if (Array.isArray(data3)) {
                var valid3 = true;
                const len1 = data3.length;
                for (let i1 = 0; i1 < len1; i1++) {
                  let data4 = data3[i1];
                  const _errs10 = errors;
                  if (typeof data4 !== "string") {
                    let dataType4 = typeof data4;
                    let coerced4 = void 0;
                    if (dataType4 == "object" && Array.isArray(data4) && data4.length == 1) {
                      data4 = data4[0];
                      dataType4 = typeof data4;
                      if (typeof data4 === "string") {
                        coerced4 = data4;
                      }
                    }
                    if (!(coerced4 !== void 0)) {
                      if (dataType4 == "number" || dataType4 == "boolean") {
                        coerced4 = "" + data4;
                      } else if (data4 === null) {
                        coerced4 = "";
                      } else {
                        validate21.errors = [{ instancePath: instancePath + "/type/" + i1, schemaPath: "#/properties/type/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                        return false;
                      }
                    }
                    if (coerced4 !== void 0) {
                      data4 = coerced4;
                      if (data3 !== void 0) {
                        data3[i1] = coerced4;
                      }
                    }
                  }
                  if (errors === _errs10) {
                    if (typeof data4 === "string") {
                      if (func1(data4) < 1) {
                        validate21.errors = [{ instancePath: instancePath + "/type/" + i1, schemaPath: "#/properties/type/items/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }];
                        return false;
                      }
                    }
                  }
                  var valid3 = _errs10 === errors;
                  if (!valid3) {
                    break;
                  }
                }
              }
            }
            var valid0 = _errs8 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.lastEventId !== void 0) {
              let data5 = data.lastEventId;
              const _errs12 = errors;
              if (typeof data5 !== "string") {
                let dataType5 = typeof data5;
                let coerced5 = void 0;
                if (dataType5 == "object" && Array.isArray(data5) && data5.length == 1) {
                  data5 = data5[0];
                  dataType5 = typeof data5;
                  if (typeof data5 === "string") {
                    coerced5 = data5;
                  }
                }
                if (!(coerced5 !== void 0)) {
                  if (dataType5 == "number" || dataType5 == "boolean") {
                    coerced5 = "" + data5;
                  } else if (data5 === null) {
                    coerced5 = "";
                  } else {
                    validate21.errors = [{ instancePath: instancePath + "/lastEventId", schemaPath: "#/properties/lastEventId/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                    return false;
                  }
                }
                if (coerced5 !== void 0) {
                  data5 = coerced5;
                  if (data !== void 0) {
                    data["lastEventId"] = coerced5;
                  }
                }
              }
              if (errors === _errs12) {
                if (typeof data5 === "string") {
                  if (!pattern6.test(data5)) {
                    validate21.errors = [{ instancePath: instancePath + "/lastEventId", schemaPath: "#/properties/lastEventId/pattern", keyword: "pattern", params: { pattern: "^[0-9]*$" }, message: 'must match pattern "^[0-9]*$"' }];
                    return false;
                  }
                }
              }
              var valid0 = _errs12 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.last_event_id !== void 0) {
                let data6 = data.last_event_id;
                const _errs14 = errors;
                if (typeof data6 !== "string") {
                  let dataType6 = typeof data6;
                  let coerced6 = void 0;
                  if (dataType6 == "object" && Array.isArray(data6) && data6.length == 1) {
                    data6 = data6[0];
                    dataType6 = typeof data6;
                    if (typeof data6 === "string") {
                      coerced6 = data6;
                    }
                  }
                  if (!(coerced6 !== void 0)) {
                    if (dataType6 == "number" || dataType6 == "boolean") {
                      coerced6 = "" + data6;
                    } else if (data6 === null) {
                      coerced6 = "";
                    } else {
                      validate21.errors = [{ instancePath: instancePath + "/last_event_id", schemaPath: "#/properties/last_event_id/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                      return false;
                    }
                  }
                  if (coerced6 !== void 0) {
                    data6 = coerced6;
                    if (data !== void 0) {
                      data["last_event_id"] = coerced6;
                    }
                  }
                }
                if (errors === _errs14) {
                  if (typeof data6 === "string") {
                    if (!pattern6.test(data6)) {
                      validate21.errors = [{ instancePath: instancePath + "/last_event_id", schemaPath: "#/properties/last_event_id/pattern", keyword: "pattern", params: { pattern: "^[0-9]*$" }, message: 'must match pattern "^[0-9]*$"' }];
                      return false;
                    }
                  }
                }
                var valid0 = _errs14 === errors;
              } else {
                var valid0 = true;
              }
            }
          }
        }
      }
    } else {
      validate21.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate21.errors = vErrors;
  return errors === 0;
}
validate21.evaluated = { "props": { "replay": true, "category": true, "type": true, "lastEventId": true, "last_event_id": true }, "dynamicProps": false, "dynamicItems": false };
  return { 'GET /telemetry/events': query0, 'GET /telemetry/stream': query1 }
})()
