// A UMD helper as a vendor chunk would be: times of day, calendars, small collections. Classic script, also for workers.
/*! Harbour Kit 2.1.0 | part of the Harbour Times sample */
(function (root, factory) {
  if (typeof define === "function" && define.amd) define([], factory);
  else if (typeof module === "object" && module.exports) module.exports = factory();
  else root.HarbourKit = factory();
})(typeof self !== "undefined" ? self : this, function () {
  "use strict";

  var MINUTE = 60000;
  var DAY = 1440;

  function pad(value) {
    return value < 10 ? "0" + value : String(value);
  }

  /** "07:45" → 465; "24:10" is ten past midnight of the next day. */
  function parseTime(text) {
    var match = /^(\d{1,2}):([0-5]\d)$/.exec(text);
    if (!match) return NaN;
    return Number(match[1]) * 60 + Number(match[2]);
  }

  function formatTime(minutes, twelve) {
    var wrapped = ((minutes % DAY) + DAY) % DAY;
    var hour = Math.floor(wrapped / 60);
    var rest = pad(wrapped % 60);
    if (!twelve) return pad(hour) + ":" + rest;
    return ((hour + 11) % 12) + 1 + ":" + rest + (hour < 12 ? " am" : " pm");
  }

  function minutesOf(date) {
    return date.getHours() * 60 + date.getMinutes();
  }

  function isoDay(date) {
    return date.getFullYear() + "-" + pad(date.getMonth() + 1) + "-" + pad(date.getDate());
  }

  /** Easter Sunday of a year in the Gregorian calendar. */
  function easter(year) {
    var golden = year % 19;
    var century = Math.floor(year / 100);
    var leapSkip = century - Math.floor(century / 4);
    var moonDrift = Math.floor((8 * century + 13) / 25);
    var epact = (19 * golden + leapSkip - moonDrift + 15) % 30;
    var full = epact - Math.floor(epact / 28) * (1 - Math.floor(29 / (epact + 1)) * Math.floor((21 - golden) / 11));
    var weekday = (year + Math.floor(year / 4) + full + 2 - leapSkip) % 7;
    var offset = full - weekday;
    var month = 3 + Math.floor((offset + 40) / 44);
    var day = offset + 28 - 31 * Math.floor(month / 4);
    return new Date(year, month - 1, day);
  }

  function addDays(date, count) {
    return new Date(date.getFullYear(), date.getMonth(), date.getDate() + count);
  }

  function isHoliday(date, fixed) {
    var key = pad(date.getMonth() + 1) + "-" + pad(date.getDate());
    if (fixed.indexOf(key) >= 0) return true;
    var sunday = easter(date.getFullYear());
    return [-2, 1, 39, 50].some(function (offset) {
      return isoDay(addDays(sunday, offset)) === isoDay(date);
    });
  }

  function dayKind(date, fixed) {
    if (isHoliday(date, fixed || [])) return "sunday";
    var day = date.getDay();
    return day === 0 ? "sunday" : day === 6 ? "saturday" : "weekday";
  }

  function groupBy(items, keyOf) {
    return items.reduce(function (groups, item) {
      var key = keyOf(item);
      (groups[key] || (groups[key] = [])).push(item);
      return groups;
    }, Object.create(null));
  }

  function sortBy(items, keyOf) {
    return items.slice().sort(function (left, right) {
      var a = keyOf(left);
      var b = keyOf(right);
      return a < b ? -1 : a > b ? 1 : 0;
    });
  }

  function memo(work) {
    var known = new Map();
    return function (key) {
      if (!known.has(key)) known.set(key, work(key));
      return known.get(key);
    };
  }

  function emitter() {
    var listeners = Object.create(null);
    return {
      on: function (name, listener) {
        (listeners[name] || (listeners[name] = [])).push(listener);
        return function () {
          listeners[name] = listeners[name].filter(function (other) {
            return other !== listener;
          });
        };
      },
      emit: function (name, value) {
        (listeners[name] || []).slice().forEach(function (listener) {
          listener(value);
        });
      },
    };
  }

  /** Lower case, without accents, blanks collapsed. */
  function plain(text) {
    return text
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .toLowerCase()
      .replace(/\s+/g, " ")
      .trim();
  }

  /** The number of letters to change, add or drop; stops counting above the limit. */
  function distance(left, right, limit) {
    if (Math.abs(left.length - right.length) > limit) return limit + 1;
    var previous = [];
    for (var column = 0; column <= right.length; column++) previous[column] = column;
    for (var row = 1; row <= left.length; row++) {
      var current = [row];
      var least = row;
      for (column = 1; column <= right.length; column++) {
        var swap = previous[column - 1] + (left[row - 1] === right[column - 1] ? 0 : 1);
        current[column] = Math.min(swap, previous[column] + 1, current[column - 1] + 1);
        least = Math.min(least, current[column]);
      }
      if (least > limit) return limit + 1;
      previous = current;
    }
    return previous[right.length];
  }

  /** 0 is best; Infinity does not match. */
  function score(query, text) {
    var wanted = plain(query);
    var given = plain(text);
    if (!wanted) return Infinity;
    if (given === wanted) return 0;
    if (given.indexOf(wanted) === 0) return 1;
    if (given.indexOf(wanted) > 0) return 2;
    var near = distance(wanted, given.slice(0, wanted.length), 2);
    return near <= 2 && wanted.length > 3 ? 3 + near : Infinity;
  }

  function debounce(work, wait) {
    var timer = 0;
    return function () {
      var values = arguments;
      clearTimeout(timer);
      timer = setTimeout(function () {
        work.apply(null, values);
      }, wait);
    };
  }

  return {
    version: "2.1.0",
    MINUTE: MINUTE,
    DAY: DAY,
    pad: pad,
    parseTime: parseTime,
    formatTime: formatTime,
    minutesOf: minutesOf,
    isoDay: isoDay,
    easter: easter,
    addDays: addDays,
    dayKind: dayKind,
    groupBy: groupBy,
    sortBy: sortBy,
    memo: memo,
    emitter: emitter,
    plain: plain,
    distance: distance,
    score: score,
    debounce: debounce,
  };
});
