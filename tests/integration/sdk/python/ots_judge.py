"""Judges the stand-in's Tablestore service with the official Python SDK (PyPI tablestore 6.4.8).

    ots_judge.py --standin build/release/bin/millrace-standin
    ots_judge.py --endpoint URL --access-id ID --access-key KEY --instance NAME

The first form starts the stand-in as it is by default, the second talks to a running one.
The SDK checks signature, MD5 and date of every answer by itself. Prints `N passed, N failed`.
"""
import argparse
import json
import subprocess
import sys
import time
import traceback
import uuid

from tablestore import (
    INF_MAX, INF_MIN, PK_AUTO_INCR, BatchGetRowRequest, BatchWriteRowRequest, CapacityUnit,
    CompositeColumnCondition, Condition, ComparatorType, DeleteRowItem, Direction, LogicalOperator,
    OTSClient, OTSServiceError, PutRowItem, ReservedThroughput, ReturnType, Row,
    RowExistenceExpectation, SingleColumnCondition, TableInBatchGetRowItem,
    TableInBatchWriteRowItem, TableMeta, TableOptions, UpdateRowItem)
from tablestore.retry import NoRetryPolicy

IGNORE = Condition(RowExistenceExpectation.IGNORE)
EXIST = Condition(RowExistenceExpectation.EXPECT_EXIST)
NOT_EXIST = Condition(RowExistenceExpectation.EXPECT_NOT_EXIST)
NO_RESERVE = ReservedThroughput(CapacityUnit(0, 0))


def refused(code, call, *args, **kwargs):
    """The error of a call that must fail with this code."""
    try:
        call(*args, **kwargs)
    except OTSServiceError as error:
        assert error.get_error_code() == code, f'{error.get_error_code()} instead of {code}'
        return error
    raise AssertionError(f'no {code}')


def without_times(columns):
    return [(name, value) for name, value, _ in columns]


class Judge:
    def __init__(self, arguments):
        self.arguments = arguments
        self.client = self.connect()

    def connect(self, **changes):
        a = dict(end_point=self.arguments.endpoint, access_key_id=self.arguments.access_id,
                 access_key_secret=self.arguments.access_key,
                 instance_name=self.arguments.instance, retry_policy=NoRetryPolicy())
        a.update(changes)
        return OTSClient(**a)

    def table(self, key=(('pk', 'STRING'), ('n', 'INTEGER')), max_versions=1, defined=()):
        name = 't' + uuid.uuid4().hex
        self.client.create_table(TableMeta(name, list(key), list(defined)),
                                 TableOptions(-1, max_versions), NO_RESERVE)
        return name

    def get(self, table, key, **options):
        _, row, _ = self.client.get_row(table, key, **options)
        return without_times(row.attribute_columns) if row else None

    # ---- tables

    def test_table_life(self):
        name = self.table(defined=(('age', 'INTEGER'), ('name', 'STRING')))
        assert name in self.client.list_table()
        table = self.client.describe_table(name)
        assert table.table_meta.schema_of_primary_key == [('pk', 'STRING'), ('n', 'INTEGER')]
        assert sorted(table.table_meta.defined_columns) == [('age', 'INTEGER'), ('name', 'STRING')]
        assert table.table_options.max_version == 1
        assert table.table_options.time_to_live == -1
        updated = self.client.update_table(name, TableOptions(86400, 3), None)
        assert updated.table_options.max_version == 3
        assert self.client.describe_table(name).table_options.time_to_live == 86400
        refused('OTSObjectAlreadyExist', self.client.create_table,
                TableMeta(name, [('pk', 'STRING')]), TableOptions(-1, 1), NO_RESERVE)
        self.client.delete_table(name)
        assert name not in self.client.list_table()
        error = refused('OTSObjectNotExist', self.client.describe_table, name)
        assert error.get_error_message() == 'Requested table does not exist.'

    def test_bad_tables(self):
        for meta, options in (
                (TableMeta('1bad', [('pk', 'STRING')]), TableOptions(-1, 1)),
                (TableMeta('t1', []), TableOptions(-1, 1)),
                (TableMeta('t2', [('a', 'STRING')] * 2), TableOptions(-1, 1)),
                (TableMeta('t3', [(f'k{i}', 'STRING') for i in range(5)]), TableOptions(-1, 1)),
                (TableMeta('t4', [('pk', 'STRING')]), TableOptions(-1, 0)),
                (TableMeta('t5', [('pk', 'STRING')]), TableOptions(5, 1))):
            refused('OTSParameterInvalid', self.client.create_table, meta, options, NO_RESERVE)

    # ---- rows

    def test_every_type(self):
        table = self.table((('s', 'STRING'), ('i', 'INTEGER'), ('b', 'BINARY')))
        key = [('s', '千石磨'), ('i', -(2 ** 63)), ('b', bytearray(b'\x00\xff'))]
        columns = [('binary', bytearray(range(256))), ('double', 1.5e-300), ('false', False),
                   ('integer', 2 ** 63 - 1), ('text', '"引号", \n\t逗号'), ('true', True)]
        self.client.put_row(table, Row(key, columns), IGNORE)
        _, row, _ = self.client.get_row(table, key)
        assert row.primary_key == key
        assert without_times(row.attribute_columns) == columns
        assert all(abs(stamp / 1000 - time.time()) < 60 for _, _, stamp in row.attribute_columns)

    def test_put_replaces_update_adds_delete_removes(self):
        table, key = self.table(), [('pk', 'a'), ('n', 1)]
        assert self.get(table, key) is None
        self.client.put_row(table, Row(key, [('x', 1), ('y', 2)]), IGNORE)
        self.client.put_row(table, Row(key, [('y', 3)]), IGNORE)
        assert self.get(table, key) == [('y', 3)]
        self.client.update_row(table, Row(key, {'PUT': [('x', 'new')], 'DELETE_ALL': ['y']}), IGNORE)
        assert self.get(table, key) == [('x', 'new')]
        self.client.delete_row(table, Row(key), IGNORE)
        assert self.get(table, key) is None
        self.client.update_row(table, Row(key, {'DELETE_ALL': ['y']}), IGNORE)
        assert self.get(table, key) is None

    def test_versions(self):
        table, key = self.table(max_versions=3), [('pk', 'a'), ('n', 1)]
        now = int(time.time() * 1000)
        for i in range(4):
            self.client.update_row(table, Row(key, {'PUT': [('x', i, now + i)]}), IGNORE)
        _, row, _ = self.client.get_row(table, key, max_version=5)
        assert row.attribute_columns == [('x', i, now + i) for i in (3, 2, 1)]
        _, row, _ = self.client.get_row(table, key, max_version=5, time_range=(now + 1, now + 3))
        assert [value for _, value, _ in row.attribute_columns] == [2, 1]
        _, row, _ = self.client.get_row(table, key, max_version=5, time_range=now + 2)
        assert row.attribute_columns == [('x', 2, now + 2)]
        self.client.update_row(table, Row(key, {'DELETE': [('x', None, now + 3)]}), IGNORE)
        assert self.get(table, key, max_version=1) == [('x', 2)]
        refused('OTSParameterInvalid', self.client.put_row, table,
                Row(key, [('x', 1, now - 10 * 86400 * 1000)]), IGNORE)

    def test_increment_and_returned_content(self):
        table, key = self.table(), [('pk', 'a'), ('n', 1)]
        self.client.update_row(table, Row(key, {'INCREMENT': [('hits', 5)]}), IGNORE)
        _, row = self.client.update_row(table, Row(key, {'INCREMENT': [('hits', 2)]}), IGNORE,
                                        ReturnType.RT_NONE)
        assert row is None
        assert self.get(table, key) == [('hits', 7)]
        _, row = self.client.put_row(table, Row(key, [('x', 'text')]), IGNORE, ReturnType.RT_PK)
        assert row.primary_key == key
        refused('OTSParameterInvalid', self.client.update_row, table,
                Row(key, {'INCREMENT': [('x', 1)]}), IGNORE)

    def test_auto_increment(self):
        table = self.table((('pk', 'STRING'), ('n', 'INTEGER', PK_AUTO_INCR)))
        given = []
        for _ in range(3):
            _, row = self.client.put_row(table, Row([('pk', 'a'), ('n', PK_AUTO_INCR)], [('x', 1)]),
                                         IGNORE, ReturnType.RT_PK)
            given.append(row.primary_key[1][1])
        assert given == sorted(set(given))
        assert self.get(table, [('pk', 'a'), ('n', given[1])]) == [('x', 1)]

    def test_conditions(self):
        table, key = self.table(), [('pk', 'a'), ('n', 1)]
        error = refused('OTSConditionCheckFail', self.client.put_row, table, Row(key, [('x', 1)]), EXIST)
        assert error.get_error_message() == 'Condition check failed.'
        self.client.put_row(table, Row(key, [('x', 1)]), NOT_EXIST)
        refused('OTSConditionCheckFail', self.client.put_row, table, Row(key, [('x', 1)]), NOT_EXIST)
        refused('OTSConditionCheckFail', self.client.delete_row, table, Row([('pk', 'b'), ('n', 1)]),
                EXIST)

        def only_if(value, missing=False, name='x'):
            column = SingleColumnCondition(name, value, ComparatorType.EQUAL, missing)
            return Condition(RowExistenceExpectation.IGNORE, column)
        refused('OTSConditionCheckFail', self.client.update_row, table,
                Row(key, {'PUT': [('x', 2)]}), only_if(5))
        refused('OTSConditionCheckFail', self.client.update_row, table,
                Row(key, {'PUT': [('x', 2)]}), only_if(1, False, 'other'))
        self.client.update_row(table, Row(key, {'PUT': [('x', 2)]}), only_if(1))
        self.client.update_row(table, Row(key, {'PUT': [('x', 3)]}), only_if(1, True, 'other'))
        assert self.get(table, key) == [('x', 3)]

    def test_bad_keys_and_rows(self):
        table = self.table()
        put = self.client.put_row
        for key in ([('pk', 'a')], [('pk', 1), ('n', 1)], [('n', 1), ('pk', 'a')],
                    [('pk', 'a'), ('n', 1), ('o', 1)]):
            refused('OTSInvalidPK', put, table, Row(key, [('x', 1)]), IGNORE)
        good = [('pk', 'a'), ('n', 1)]
        refused('OTSParameterInvalid', put, table, Row([('pk', 'k' * 1025), ('n', 1)], [('x', 1)]), IGNORE)
        refused('OTSParameterInvalid', put, table, Row(good, [('no-name', 1)]), IGNORE)
        refused('OTSParameterInvalid', put, table, Row(good, [('x', 'v' * (2 ** 21 + 1))]), IGNORE)
        refused('OTSOutOfColumnCountLimit', put, table,
                Row(good, [(f'c{i}', 1) for i in range(1025)]), IGNORE)
        refused('OTSObjectNotExist', put, 'nothere', Row(good, [('x', 1)]), IGNORE)
        refused('OTSParameterInvalid', self.client.get_row, table, good, max_version=0)

    def test_columns_and_filters(self):
        table, key = self.table(), [('pk', 'a'), ('n', 1)]
        self.client.put_row(table, Row(key, [('a', 1), ('b', 'two'), ('c', 3.0)]), IGNORE)
        assert self.get(table, key, columns_to_get=['b', 'c']) == [('b', 'two'), ('c', 3.0)]
        assert self.get(table, key, columns_to_get=['zz']) is None
        assert self.get(table, key, columns_to_get=['zz', 'pk']) == []
        assert self.get(table, key, start_column='b', end_column='c') == [('b', 'two')]

        def single(name, value, comparator, missing=False):
            return SingleColumnCondition(name, value, comparator, missing)
        keep = [single('a', 1, ComparatorType.EQUAL), single('a', 0, ComparatorType.GREATER_THAN),
                single('b', 'tx', ComparatorType.LESS_THAN), single('c', 3.0, ComparatorType.GREATER_EQUAL),
                single('a', 2, ComparatorType.NOT_EQUAL), single('zz', 1, ComparatorType.EQUAL, True)]
        drop = [single('a', 2, ComparatorType.EQUAL), single('b', 'two', ComparatorType.NOT_EQUAL),
                single('zz', 1, ComparatorType.EQUAL, False)]
        for one in keep:
            assert self.get(table, key, column_filter=one) is not None
        for one in drop:
            assert self.get(table, key, column_filter=one) is None
        both = CompositeColumnCondition(LogicalOperator.AND)
        both.add_sub_condition(keep[0])
        both.add_sub_condition(drop[0])
        either = CompositeColumnCondition(LogicalOperator.OR)
        either.add_sub_condition(keep[0])
        either.add_sub_condition(drop[0])
        neither = CompositeColumnCondition(LogicalOperator.NOT)
        neither.add_sub_condition(either)
        assert self.get(table, key, column_filter=both) is None
        assert self.get(table, key, column_filter=either) is not None
        assert self.get(table, key, column_filter=neither) is None

    # ---- ranges and batches

    def scan(self, table, direction, begin, end, **options):
        rows, pages = [], 0
        while begin:
            _, begin, page, _ = self.client.get_range(table, direction, begin, end, **options)
            rows += page
            pages += 1
        return rows, pages

    def test_ranges(self):
        table = self.table()
        everything = []
        for i in range(0, 300, 100):
            items = [PutRowItem(Row([('pk', f'k{j:03}'), ('n', -j)], [('x', j)]), IGNORE)
                     for j in range(i, i + 100)]
            request = BatchWriteRowRequest()
            request.add(TableInBatchWriteRowItem(table, items))
            assert self.client.batch_write_row(request).is_all_succeed()
            everything += [item.row.primary_key for item in items]
        low = [('pk', INF_MIN), ('n', INF_MIN)]
        high = [('pk', INF_MAX), ('n', INF_MAX)]
        rows, _ = self.scan(table, Direction.FORWARD, low, high)
        assert [row.primary_key for row in rows] == everything
        rows, _ = self.scan(table, Direction.BACKWARD, high, low)
        assert [row.primary_key for row in rows] == everything[::-1]
        rows, pages = self.scan(table, Direction.FORWARD, low, high, limit=7)
        assert [row.primary_key for row in rows] == everything and pages >= 43
        part, _ = self.scan(table, Direction.FORWARD, everything[10], everything[20])
        assert [row.primary_key for row in part] == everything[10:20]
        part, _ = self.scan(table, Direction.BACKWARD, everything[20], everything[10])
        assert [row.primary_key for row in part] == everything[20:10:-1]
        one = [('pk', 'k042'), ('n', INF_MIN)], [('pk', 'k042'), ('n', INF_MAX)]
        assert len(self.scan(table, Direction.FORWARD, *one)[0]) == 1
        small = SingleColumnCondition('x', 5, ComparatorType.LESS_THAN, False)
        assert len(self.scan(table, Direction.FORWARD, low, high, column_filter=small)[0]) == 5
        assert self.scan(table, Direction.FORWARD, low, high, columns_to_get=['zz'])[0] == []
        refused('OTSParameterInvalid', self.client.get_range, table, Direction.FORWARD, high, low)

    def test_batches(self):
        table, other = self.table(), self.table((('id', 'INTEGER'),))
        keys = [[('pk', 'a'), ('n', i)] for i in range(3)]
        request = BatchWriteRowRequest()
        request.add(TableInBatchWriteRowItem(table, [
            PutRowItem(Row(keys[0], [('x', 0)]), IGNORE),
            UpdateRowItem(Row(keys[1], {'PUT': [('x', 1)]}), IGNORE),
            DeleteRowItem(Row(keys[2]), EXIST)]))
        request.add(TableInBatchWriteRowItem(other, [
            PutRowItem(Row([('id', 9)], [('y', 'z')]), NOT_EXIST)]))
        answer = self.client.batch_write_row(request)
        assert not answer.is_all_succeed()
        assert [row.error_code for row in answer.get_failed_of_delete()] == ['OTSConditionCheckFail']
        assert len(answer.get_succeed_of_put()) == 2 and len(answer.get_succeed_of_update()) == 1

        request = BatchGetRowRequest()
        request.add(TableInBatchGetRowItem(table, keys, max_version=1))
        request.add(TableInBatchGetRowItem(other, [[('id', 9)]], max_version=1))
        request.add(TableInBatchGetRowItem('nothere', [[('id', 9)]], max_version=1))
        answer = self.client.batch_get_row(request)
        found = [item.row and without_times(item.row.attribute_columns)
                 for item in answer.get_result_by_table(table)]
        assert found == [[('x', 0)], [('x', 1)], None], found
        assert answer.get_result_by_table(other)[0].row.primary_key == [('id', 9)]
        assert answer.get_failed_rows()[0].error_code == 'OTSObjectNotExist'

        request = BatchWriteRowRequest()
        request.add(TableInBatchWriteRowItem(table, [
            PutRowItem(Row([('pk', 'many'), ('n', i)], [('x', 0)]), IGNORE) for i in range(201)]))
        refused('OTSParameterInvalid', self.client.batch_write_row, request)

    # ---- who is asking

    def test_signatures(self):
        for options in (dict(region='cn-hangzhou'), dict(region=None)):
            client = self.connect(**options)
            assert isinstance(list(client.list_table()), list)
        wrong = [(dict(access_key_secret='wrong'), 'Signature mismatch.'),
                 (dict(access_key_secret='wrong', region='cn-hangzhou'), 'Signature mismatch.'),
                 (dict(access_key_id='nobody'), 'The AccessKeyID does not exist.'),
                 (dict(instance_name='elsewhere'), 'The instance is not found.')]
        for options, text in wrong:
            error = refused('OTSAuthFailed', self.connect(**options).list_table)
            assert error.get_error_message() == text, error.get_error_message()
            assert error.get_http_status() == 403


def judged(judge):
    passed = failed = 0
    for name in sorted(dir(judge)):
        if not name.startswith('test_'):
            continue
        try:
            getattr(judge, name)()
            passed += 1
        except Exception:  # every failure is reported, then the next test runs
            failed += 1
            print(f'FAILED {name}')
            traceback.print_exc(file=sys.stdout)
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--standin', help='the program to start')
    parser.add_argument('--endpoint')
    parser.add_argument('--access-id', default='judge-id')
    parser.add_argument('--access-key', default='judge-key')
    parser.add_argument('--instance', default='school')
    a = parser.parse_args()
    if not a.standin:
        return judged(Judge(a))
    command = [a.standin, '--access-id', a.access_id, '--access-key', a.access_key,
               '--instance', a.instance, '--until-stdin-closes']
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as standin:
        a.endpoint = json.loads(standin.stdout.readline())['ots']
        try:
            return judged(Judge(a))
        finally:
            standin.stdin.close()


if __name__ == '__main__':
    sys.exit(main())
