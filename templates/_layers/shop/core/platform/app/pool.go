package app

import (
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// poolMetrics say whether requests wait for connections.
func poolMetrics(pool *pgxpool.Pool) []prometheus.Collector {
	gauge := func(name, help string, read func(*pgxpool.Stat) int32) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			return float64(read(pool.Stat()))
		})
	}
	return []prometheus.Collector{
		gauge("database_connections_max", "Connections that the pool may open.", (*pgxpool.Stat).MaxConns),
		gauge("database_connections_open", "Connections of the pool.", (*pgxpool.Stat).TotalConns),
		gauge("database_connections_used", "Connections that somebody works with.", (*pgxpool.Stat).AcquiredConns),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "database_waits_seconds_total",
			Help: "Time that was waited for a free connection.",
		}, func() float64 { return pool.Stat().EmptyAcquireWaitTime().Seconds() }),
	}
}
